//! Arguments: names, and options that start with two hyphens.

use crate::Failure;

/// Options that stand alone; all others take a value.
const FLAGS: [&str; 6] = [
    "live-shaped",
    "version-1-tokens",
    "without-refresh-cookies",
    "create-user",
    "refresh",
    "live",
];

/// The arguments after the command.
#[derive(Debug, Default)]
pub(crate) struct Args {
    names: Vec<String>,
    options: Vec<(String, String)>,
}

impl Args {
    pub(crate) fn parse(arguments: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut args = Self::default();
        let mut arguments = arguments;
        while let Some(argument) = arguments.next() {
            let Some(option) = argument.strip_prefix("--") else {
                args.names.push(argument);
                continue;
            };
            let (name, value) = match option.split_once('=') {
                Some((name, value)) => (name, value.to_owned()),
                None if FLAGS.contains(&option) => (option, String::new()),
                None => (
                    option,
                    arguments
                        .next()
                        .ok_or_else(|| format!("--{option} needs a value"))?,
                ),
            };
            args.options.push((name.to_owned(), value));
        }
        Ok(args)
    }

    /// Refuses options the command does not know: a misspelt one must not pass unnoticed.
    pub(crate) fn allow(&self, known: &[&str]) -> Result<(), Failure> {
        match self
            .options
            .iter()
            .find(|(name, _)| !known.contains(&name.as_str()))
        {
            Some((name, _)) => {
                Err(format!("there is no option --{name} here; see offline-clerk help").into())
            }
            None => Ok(()),
        }
    }

    pub(crate) fn name(&self, index: usize, what: &str) -> Result<&str, Failure> {
        self.names
            .get(index)
            .map(String::as_str)
            .ok_or_else(|| format!("{what} is missing; see offline-clerk help").into())
    }

    pub(crate) fn option(&self, name: &str) -> Option<&str> {
        self.options
            .iter()
            .rev()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.option(name).is_some()
    }

    pub(crate) fn number<N: std::str::FromStr>(&self, name: &str) -> Result<Option<N>, Failure> {
        match self.option(name) {
            None => Ok(None),
            Some(text) => text
                .parse()
                .map(Some)
                .map_err(|_| format!("--{name} is not a fitting number").into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Args, Failure> {
        Args::parse(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn names_flags_and_values() {
        let args = parse("create ada@example.com --password=a=b --live --data x").unwrap();
        assert_eq!(
            (args.name(0, "").unwrap(), args.name(1, "").unwrap()),
            ("create", "ada@example.com")
        );
        assert_eq!(
            (
                args.option("password"),
                args.flag("live"),
                args.option("data")
            ),
            (Some("a=b"), true, Some("x"))
        );
        assert!(
            args.name(2, "the role")
                .unwrap_err()
                .to_string()
                .contains("the role")
        );
        assert!(args.allow(&["password", "live"]).is_err());
        assert!(args.number::<u16>("data").is_err());
        assert!(parse("--data").is_err());
    }
}
