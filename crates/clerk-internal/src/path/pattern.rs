//! Reading one path pattern.
//!
//! The language is the one of path-to-regexp 6: `:name`, `:name(regex)`, `(regex)`, `{prefix:name suffix}`,
//! the modifiers `?`, `*` and `+`, and `\` before a character that is meant literally.

use std::fmt;

/// Where a parameter ends unless its pattern says otherwise.
pub(super) const DELIMITERS: &str = "/#?";

/// The longest pattern that is read, in bytes.
pub(super) const MAX_PATTERN_LENGTH: usize = 1024;

/// A piece of a pattern.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Literal text.
    Text(String),
    /// A parameter, or an optional or repeated group.
    Group(Group),
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Group {
    /// `None` for a group without a parameter, such as `{/b}?`.
    pub(super) parameter: Option<Parameter>,
    pub(super) prefix: String,
    pub(super) suffix: String,
    pub(super) modifier: Modifier,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) matches: Matches,
}

/// What a parameter matches.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Matches {
    /// The writer's own regular expression.
    Regex(String),
    /// One or more characters that are neither delimiters nor the given one.
    Segment { not: Option<char> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Modifier {
    None,
    Optional,
    ZeroOrMore,
    OneOrMore,
}

impl Modifier {
    pub(super) const fn repeats(self) -> bool {
        matches!(self, Self::ZeroOrMore | Self::OneOrMore)
    }
}

/// What is wrong with a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    TooLong,
    Unexpected {
        found: &'static str,
        at: usize,
        expected: &'static str,
    },
    MissingName(usize),
    MissingRegex(usize),
    UnbalancedRegex(usize),
    LookAround(usize),
    CapturingGroup(usize),
    NoTextBetween(String),
    NeedsOwnRegex(String),
    CannotRepeat(String),
    Regex(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => write!(f, "is longer than {MAX_PATTERN_LENGTH} bytes"),
            Self::Unexpected {
                found,
                at,
                expected,
            } => write!(f, "has {found} at {at} where {expected} is due"),
            Self::MissingName(at) => write!(f, "has a `:` without a name at {at}"),
            Self::MissingRegex(at) => write!(f, "has empty parentheses at {at}"),
            Self::UnbalancedRegex(at) => write!(f, "has an unclosed `(` at {at}"),
            Self::LookAround(at) => write!(f, "uses `(?` at {at}, which is not supported"),
            Self::CapturingGroup(at) => {
                write!(f, "has a group inside a group at {at}; write `(?:` there")
            }
            Self::NoTextBetween(name) => {
                write!(f, "has nothing between `{name}` and the parameter after it")
            }
            Self::NeedsOwnRegex(name) => write!(
                f,
                "has `{name}` directly after a text of several characters without a `/`; give it its own expression, such as `:{name}([^/]+)`"
            ),
            Self::CannotRepeat(name) => {
                write!(f, "repeats `{name}`, which has neither prefix nor suffix")
            }
            Self::Regex(error) => write!(f, "is not a regular expression: {error}"),
        }
    }
}

#[derive(Debug)]
enum Token {
    Open,
    Close,
    Regex(String),
    Name(String),
    Char(char),
    Escaped(Option<char>),
    Modifier(Modifier),
    End,
}

impl Token {
    const fn describe(&self) -> &'static str {
        match self {
            Self::Open => "`{`",
            Self::Close => "`}`",
            Self::Regex(_) => "an expression",
            Self::Name(_) => "a name",
            Self::Char(_) | Self::Escaped(_) => "a character",
            Self::Modifier(_) => "a modifier",
            Self::End => "the end",
        }
    }
}

fn lex(pattern: &str) -> Result<Vec<(usize, Token)>, Fault> {
    let mut tokens = Vec::new();
    let mut rest = pattern.char_indices().peekable();
    while let Some((at, char)) = rest.next() {
        let token = match char {
            '*' => Token::Modifier(Modifier::ZeroOrMore),
            '+' => Token::Modifier(Modifier::OneOrMore),
            '?' => Token::Modifier(Modifier::Optional),
            // A backslash at the very end stands for nothing.
            '\\' => Token::Escaped(rest.next().map(|(_, char)| char)),
            '{' => Token::Open,
            '}' => Token::Close,
            ':' => {
                let mut name = String::new();
                while let Some((_, char)) =
                    rest.next_if(|(_, char)| char.is_ascii_alphanumeric() || *char == '_')
                {
                    name.push(char);
                }
                if name.is_empty() {
                    return Err(Fault::MissingName(at));
                }
                Token::Name(name)
            }
            '(' => Token::Regex(lex_regex(at, &mut rest)?),
            char => Token::Char(char),
        };
        tokens.push((at, token));
    }
    tokens.push((pattern.len(), Token::End));
    Ok(tokens)
}

fn lex_regex(
    open: usize,
    rest: &mut std::iter::Peekable<std::str::CharIndices<'_>>,
) -> Result<String, Fault> {
    let mut regex = String::new();
    let mut depth = 1_usize;
    while let Some((at, char)) = rest.next() {
        match char {
            '?' if regex.is_empty() => return Err(Fault::LookAround(at)),
            '\\' => {
                regex.push('\\');
                if let Some((_, escaped)) = rest.next() {
                    regex.push(escaped);
                }
                continue;
            }
            ')' => {
                depth -= 1;
                if depth == 0 {
                    return if regex.is_empty() {
                        Err(Fault::MissingRegex(open))
                    } else {
                        Ok(regex)
                    };
                }
            }
            '(' => {
                depth += 1;
                // `(?:` groups; every other `(?` looks around or sets flags.
                if rest.next_if(|(_, char)| *char == '?').is_none() {
                    return Err(Fault::CapturingGroup(at));
                }
                if rest.next_if(|(_, char)| *char == ':').is_none() {
                    return Err(Fault::LookAround(at));
                }
                regex.push_str("(?:");
                continue;
            }
            _ => {}
        }
        regex.push(char);
    }
    Err(Fault::UnbalancedRegex(open))
}

/// Reads a pattern into its pieces.
pub(super) fn parse(pattern: &str) -> Result<Vec<Piece>, Fault> {
    if pattern.len() > MAX_PATTERN_LENGTH {
        return Err(Fault::TooLong);
    }
    Parser {
        tokens: lex(pattern)?.into_iter().peekable(),
        pieces: Vec::new(),
        text: String::new(),
        unnamed: 0,
    }
    .run()
}

struct Parser {
    tokens: std::iter::Peekable<std::vec::IntoIter<(usize, Token)>>,
    pieces: Vec<Piece>,
    text: String,
    unnamed: usize,
}

impl Parser {
    fn run(mut self) -> Result<Vec<Piece>, Fault> {
        loop {
            let char = self.take_char();
            let name = self.take_name();
            let regex = self.take_regex();
            if name.is_some() || regex.is_some() {
                let mut prefix = String::new();
                match char {
                    // `/` and `.` belong to the parameter after them, so that they vanish with it.
                    Some(char @ ('/' | '.')) => prefix.push(char),
                    Some(char) => self.text.push(char),
                    None => {}
                }
                self.flush_text();
                let parameter = self.parameter(name, regex, &prefix)?;
                let modifier = self.take_modifier();
                self.pieces.push(Piece::Group(Group {
                    parameter: Some(parameter),
                    prefix,
                    suffix: String::new(),
                    modifier,
                }));
                continue;
            }
            if let Some(char) = char {
                self.text.push(char);
                continue;
            }
            if let Some(escaped) = self.take_escaped() {
                self.text.extend(escaped);
                continue;
            }
            self.flush_text();
            if self.take_if(|token| matches!(token, Token::Open)).is_some() {
                let group = self.braces()?;
                self.pieces.push(Piece::Group(group));
                continue;
            }
            self.require(|token| matches!(token, Token::End), "the end")?;
            return Ok(self.pieces);
        }
    }

    fn braces(&mut self) -> Result<Group, Fault> {
        let prefix = self.take_text();
        let name = self.take_name();
        let regex = self.take_regex();
        let parameter = if name.is_some() || regex.is_some() {
            Some(self.parameter(name, regex, &prefix)?)
        } else {
            None
        };
        let suffix = self.take_text();
        self.require(|token| matches!(token, Token::Close), "`}`")?;
        Ok(Group {
            parameter,
            prefix,
            suffix,
            modifier: self.take_modifier(),
        })
    }

    fn parameter(
        &mut self,
        name: Option<String>,
        regex: Option<String>,
        prefix: &str,
    ) -> Result<Parameter, Fault> {
        let name = name.unwrap_or_else(|| {
            let number = self.unnamed;
            self.unnamed += 1;
            number.to_string()
        });
        let matches = match regex {
            Some(regex) => Matches::Regex(regex),
            None => Matches::Segment {
                not: self.excluded(&name, prefix)?,
            },
        };
        Ok(Parameter { name, matches })
    }

    /// A parameter after text that does not end a segment must not run over that text again.
    fn excluded(&self, name: &str, prefix: &str) -> Result<Option<char>, Fault> {
        let before = match self.pieces.last() {
            _ if !prefix.is_empty() => prefix,
            Some(Piece::Text(text)) => text,
            Some(Piece::Group(group)) => {
                let before = group.parameter.as_ref().map_or("", |found| &found.name);
                return Err(Fault::NoTextBetween(before.to_owned()));
            }
            None => "",
        };
        if before.is_empty() || before.contains(|char| DELIMITERS.contains(char)) {
            return Ok(None);
        }
        let mut chars = before.chars();
        match (chars.next(), chars.next()) {
            (Some(char), None) => Ok(Some(char)),
            _ => Err(Fault::NeedsOwnRegex(name.to_owned())),
        }
    }

    fn flush_text(&mut self) {
        if !self.text.is_empty() {
            self.pieces
                .push(Piece::Text(std::mem::take(&mut self.text)));
        }
    }

    fn take_if(&mut self, wanted: impl Fn(&Token) -> bool) -> Option<Token> {
        self.tokens
            .next_if(|(_, token)| wanted(token))
            .map(|(_, token)| token)
    }

    fn take_char(&mut self) -> Option<char> {
        match self.take_if(|token| matches!(token, Token::Char(_))) {
            Some(Token::Char(char)) => Some(char),
            _ => None,
        }
    }

    fn take_name(&mut self) -> Option<String> {
        match self.take_if(|token| matches!(token, Token::Name(_))) {
            Some(Token::Name(name)) => Some(name),
            _ => None,
        }
    }

    fn take_regex(&mut self) -> Option<String> {
        match self.take_if(|token| matches!(token, Token::Regex(_))) {
            Some(Token::Regex(regex)) => Some(regex),
            _ => None,
        }
    }

    fn take_escaped(&mut self) -> Option<Option<char>> {
        match self.take_if(|token| matches!(token, Token::Escaped(_))) {
            Some(Token::Escaped(char)) => Some(char),
            _ => None,
        }
    }

    fn take_modifier(&mut self) -> Modifier {
        match self.take_if(|token| matches!(token, Token::Modifier(_))) {
            Some(Token::Modifier(modifier)) => modifier,
            _ => Modifier::None,
        }
    }

    fn take_text(&mut self) -> String {
        let mut text = String::new();
        loop {
            if let Some(char) = self.take_char() {
                text.push(char);
            } else if let Some(char) = self.take_escaped() {
                text.extend(char);
            } else {
                return text;
            }
        }
    }

    fn require(
        &mut self,
        wanted: impl Fn(&Token) -> bool,
        expected: &'static str,
    ) -> Result<(), Fault> {
        match self.tokens.peek() {
            Some((_, token)) if wanted(token) => {
                self.tokens.next();
                Ok(())
            }
            Some((at, token)) => Err(Fault::Unexpected {
                found: token.describe(),
                at: *at,
                expected,
            }),
            None => Ok(()),
        }
    }
}
