//! A scanner that finds the extent of JSON values (RFC 8259) and checks their grammar, without reading them.
//!
//! Every verification passes through here, and a general parser does more than finding places. What is accepted is
//! exactly what `serde_json` accepts when it skips a value; a property test holds the two together.

/// A position in a JSON text.
pub(crate) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

/// A string found: what is between its quotes, and whether something in it is escaped.
#[derive(Clone, Copy)]
pub(crate) struct Quoted<'a> {
    pub(crate) content: &'a str,
    pub(crate) is_escaped: bool,
}

/// A value found.
#[derive(Clone, Copy)]
pub(crate) enum Found<'a> {
    Text(Quoted<'a>),
    /// As its JSON text.
    Number(&'a str),
    /// Any other value, as its JSON text.
    Other(&'a str),
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// Skips white space and then `byte`, if that is what follows.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        self.skip_white_space();
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    /// Whether only white space is left.
    pub(crate) fn is_at_end(&mut self) -> bool {
        self.skip_white_space();
        self.at == self.text.len()
    }

    /// A member's name and the colon after it.
    pub(super) fn name(&mut self) -> Option<Quoted<'a>> {
        self.skip_white_space();
        let name = self.quoted()?;
        self.take(b':').then_some(name)
    }

    /// An object; `member` is given each name and has to take the value that follows.
    pub(crate) fn object(
        &mut self,
        mut member: impl FnMut(&mut Self, Quoted<'a>) -> Option<()>,
    ) -> Option<()> {
        if !self.take(b'{') {
            return None;
        }
        if self.take(b'}') {
            return Some(());
        }
        loop {
            let name = self.name()?;
            member(self, name)?;
            if !self.take(b',') {
                return self.take(b'}').then_some(());
            }
        }
    }

    /// Whether an object comes next.
    pub(crate) fn is_object(&mut self) -> bool {
        self.skip_white_space();
        self.peek() == Some(b'{')
    }

    /// A value, as its JSON text.
    pub(crate) fn value(&mut self) -> Option<&'a str> {
        self.skip_white_space();
        let start = self.at;
        match self.peek()? {
            b'{' | b'[' => self.container()?,
            _ => self.scalar()?,
        }
        self.text.get(start..self.at)
    }

    /// A value, told apart by its kind.
    pub(crate) fn found(&mut self) -> Option<Found<'a>> {
        self.skip_white_space();
        Some(match self.peek()? {
            b'"' => Found::Text(self.quoted()?),
            b'-' | b'0'..=b'9' => Found::Number(self.value()?),
            _ => Found::Other(self.value()?),
        })
    }

    /// An object or a list, of any depth: the nesting is kept in memory of its own, not on the stack.
    fn container(&mut self) -> Option<()> {
        let mut nesting = Nesting::default();
        loop {
            // A value starts here.
            self.skip_white_space();
            match self.peek()? {
                b'{' => {
                    self.at += 1;
                    nesting.enter(Container::Object);
                    self.skip_white_space();
                    if self.peek()? != b'}' {
                        self.name()?;
                        continue;
                    }
                }
                b'[' => {
                    self.at += 1;
                    nesting.enter(Container::List);
                    self.skip_white_space();
                    if self.peek()? != b']' {
                        continue;
                    }
                }
                _ => self.scalar()?,
            }
            // A value has ended, or an empty container is about to.
            loop {
                self.skip_white_space();
                match (self.next()?, nesting.innermost()) {
                    (b',', Container::Object) => {
                        self.name()?;
                        break;
                    }
                    (b',', Container::List) => break,
                    (b'}', Container::Object) | (b']', Container::List) => {
                        if nesting.leave() {
                            return Some(());
                        }
                    }
                    _ => return None,
                }
            }
        }
    }

    fn scalar(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.quoted().map(drop),
            b'-' | b'0'..=b'9' => self.number(),
            b't' => self.word("true"),
            b'f' => self.word("false"),
            b'n' => self.word("null"),
            _ => None,
        }
    }

    fn quoted(&mut self) -> Option<Quoted<'a>> {
        if self.next()? != b'"' {
            return None;
        }
        let start = self.at;
        let mut is_escaped = false;
        loop {
            self.at += special(self.text.as_bytes().get(self.at..)?)?;
            match self.next()? {
                b'"' => break,
                b'\\' => {
                    is_escaped = true;
                    self.escape()?;
                }
                // A control character.
                _ => return None,
            }
        }
        Some(Quoted {
            content: self.text.get(start..self.at - 1)?,
            is_escaped,
        })
    }

    /// What follows a backslash. Whether two escapes make a pair of surrogates is not asked.
    fn escape(&mut self) -> Option<()> {
        match self.next()? {
            b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => Some(()),
            b'u' => {
                for _ in 0..4 {
                    if !self.next()?.is_ascii_hexdigit() {
                        return None;
                    }
                }
                Some(())
            }
            _ => None,
        }
    }

    fn number(&mut self) -> Option<()> {
        self.at += usize::from(self.peek() == Some(b'-'));
        match self.next()? {
            // A leading zero stands alone.
            b'0' => {}
            b'1'..=b'9' => self.skip_digits(),
            _ => return None,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            self.at += 1;
            self.at += usize::from(matches!(self.peek(), Some(b'+' | b'-')));
            self.digits()?;
        }
        Some(())
    }

    fn digits(&mut self) -> Option<()> {
        if !self.next()?.is_ascii_digit() {
            return None;
        }
        self.skip_digits();
        Some(())
    }

    fn skip_digits(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn word(&mut self, word: &str) -> Option<()> {
        let is_there = self
            .text
            .as_bytes()
            .get(self.at..)?
            .starts_with(word.as_bytes());
        self.at += word.len();
        is_there.then_some(())
    }

    #[inline]
    fn skip_white_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    #[inline]
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    #[inline]
    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }
}

/// Whether a string's content, as the scanner found it, has something escaped.
pub(super) fn is_escaped(content: &str) -> bool {
    special(content.as_bytes()).is_some()
}

/// Where the first byte is that is not simply part of a string: a quote, a backslash or a control character.
fn special(bytes: &[u8]) -> Option<usize> {
    const EVERY: u64 = 0x0101_0101_0101_0101;
    // The highest bit of each byte that is zero; beyond the lowest such byte it may be set without reason.
    let zeros = |word: u64| word.wrapping_sub(EVERY) & !word;
    let (words, rest) = bytes.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let control = word.wrapping_sub(EVERY * 0x20) & !word;
        let quote = zeros(word ^ (EVERY * u64::from(b'"')));
        let backslash = zeros(word ^ (EVERY * u64::from(b'\\')));
        let found = (control | quote | backslash) & (EVERY * 0x80);
        if found != 0 {
            return Some(index * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let is_special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..0x20);
    let in_rest = rest.iter().position(is_special)?;
    Some(words.len() * 8 + in_rest)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Container {
    Object,
    List,
}

/// Which containers are open: the innermost 64 as bits, the others as words of 64 bits each.
#[derive(Default)]
struct Nesting {
    depth: usize,
    /// The innermost container is the lowest bit; set for objects.
    inner: u64,
    outer: Vec<u64>,
}

impl Nesting {
    fn enter(&mut self, container: Container) {
        if self.depth > 0 && self.depth.is_multiple_of(64) {
            self.outer.push(self.inner);
            self.inner = 0;
        }
        self.inner = self.inner << 1 | u64::from(container == Container::Object);
        self.depth += 1;
    }

    fn innermost(&self) -> Container {
        if self.inner & 1 == 1 {
            Container::Object
        } else {
            Container::List
        }
    }

    /// Leaves the innermost container; says whether that was the outermost one.
    fn leave(&mut self) -> bool {
        self.inner >>= 1;
        self.depth -= 1;
        if self.depth.is_multiple_of(64) {
            self.inner = self.outer.pop().unwrap_or_default();
        }
        self.depth == 0
    }
}
