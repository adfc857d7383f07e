//! From text to a tree: a Pratt parser over the tokens, with a limit on nesting.

use super::{
    MAX_NESTING, SyntaxError,
    ast::{Axis, Expr, Operator, Path, Start, Step, Test},
    function::Function,
    lexer::{Spanned, Token, tokenize},
};
use crate::text::{Names, nearest};

const NODE_TYPES: [&str; 4] = ["node", "text", "comment", "processing-instruction"];

pub(crate) fn parse(source: &str, names: &mut Names) -> Result<Expr, SyntaxError> {
    let tokens = tokenize(source)?;
    let mut parser = Parser { tokens: &tokens, next: 0, end: source.len(), depth: 0, names };
    let expr = parser.expression(0)?;
    match parser.tokens.get(parser.next) {
        None => Ok(expr),
        Some(extra) => Err(SyntaxError::new(extra.at, "the expression should end here")),
    }
}

struct Parser<'a, 'n> {
    tokens: &'a [Spanned<'a>],
    next: usize,
    end: usize,
    depth: usize,
    names: &'n mut Names,
}

impl<'a> Parser<'a, '_> {
    fn peek(&self) -> Option<&'a Token<'a>> {
        self.tokens.get(self.next).map(|s| &s.token)
    }

    fn peek_second(&self) -> Option<&'a Token<'a>> {
        self.tokens.get(self.next + 1).map(|s| &s.token)
    }

    fn at(&self) -> usize {
        self.tokens.get(self.next).map_or(self.end, |s| s.at)
    }

    fn accept(&mut self, token: &Token) -> bool {
        let found = self.peek() == Some(token);
        self.next += usize::from(found);
        found
    }

    fn expect(&mut self, token: &Token, what: &str) -> Result<(), SyntaxError> {
        if self.accept(token) {
            Ok(())
        } else {
            Err(SyntaxError::new(self.at(), format!("{what} is missing")))
        }
    }

    fn operator(&self) -> Option<Operator> {
        Some(match self.peek()? {
            Token::Name("or") => Operator::Or,
            Token::Name("and") => Operator::And,
            Token::Name("div") => Operator::Divide,
            Token::Name("mod") => Operator::Modulo,
            Token::Equal => Operator::Equal,
            Token::NotEqual => Operator::NotEqual,
            Token::Less => Operator::Less,
            Token::LessEqual => Operator::LessEqual,
            Token::Greater => Operator::Greater,
            Token::GreaterEqual => Operator::GreaterEqual,
            Token::Plus => Operator::Add,
            Token::Minus => Operator::Subtract,
            Token::Star => Operator::Multiply,
            Token::Pipe => Operator::Union,
            _ => return None,
        })
    }

    /// Everything that binds tighter than `floor`.
    fn expression(&mut self, floor: u8) -> Result<Expr, SyntaxError> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return Err(SyntaxError::new(self.at(), "the expression is nested too deeply"));
        }
        let mut left = self.operand()?;
        while let Some(operator) = self.operator().filter(|o| o.strength() > floor) {
            let strength = operator.strength();
            let mut rest = Vec::new();
            while let Some(operator) = self.operator().filter(|o| o.strength() == strength) {
                self.next += 1;
                rest.push((operator, self.expression(strength)?));
            }
            left = Expr::Chain(Box::new(left), rest);
        }
        self.depth -= 1;
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expr, SyntaxError> {
        let at = self.at();
        match self.peek() {
            None => Err(SyntaxError::new(at, "something is missing here")),
            Some(Token::Minus) => {
                self.next += 1;
                // Unary minus binds tighter than any operator but the union (XPath 1.0 §3.5).
                Ok(Expr::Negate(Box::new(self.expression(7)?)))
            }
            Some(Token::Number(value)) => {
                self.next += 1;
                Ok(Expr::Number(*value))
            }
            Some(Token::Literal(text)) => {
                self.next += 1;
                Ok(Expr::Literal((*text).into()))
            }
            Some(Token::Open) => {
                self.next += 1;
                let inner = self.expression(0)?;
                self.expect(&Token::Close, "`)`")?;
                self.tail(inner, at)
            }
            Some(Token::Name(name)) if self.is_call() => {
                let start = self.call(name)?;
                match start {
                    Called::Plain(expr) => self.tail(expr, at),
                    Called::Start(start) => self.path(start, at),
                }
            }
            Some(Token::Slash | Token::DoubleSlash) => self.path(Start::Root, at),
            Some(_) => self.path(Start::Context, at),
        }
    }

    /// `name(` is a call unless it is a node test.
    fn is_call(&self) -> bool {
        self.peek_second() == Some(&Token::Open)
            && !matches!(self.peek(), Some(Token::Name(name)) if NODE_TYPES.contains(name))
    }

    fn call(&mut self, name: &str) -> Result<Called, SyntaxError> {
        let at = self.at();
        self.next += 2;
        let mut arguments = Vec::new();
        if !self.accept(&Token::Close) {
            loop {
                arguments.push(self.expression(0)?);
                if self.accept(&Token::Close) {
                    break;
                }
                self.expect(&Token::Comma, "`,` or `)`")?;
            }
        }
        match (name, arguments.as_slice()) {
            ("current", []) => return Ok(Called::Start(Start::Current)),
            ("instance", [Expr::Literal(id)]) => return Ok(Called::Start(Start::Instance(id.clone()))),
            ("instance" | "current", _) => {
                return Err(SyntaxError::coded(
                    "xforms.wrong-arguments",
                    at,
                    format!(
                        "{name}() takes {}",
                        if name == "instance" { "one constant text" } else { "nothing" }
                    ),
                ));
            }
            _ => {}
        }
        let function = Function::find(name).ok_or_else(|| {
            let meant =
                nearest(name, Function::names()).map_or_else(String::new, |n| format!("; {n}() is meant?"));
            SyntaxError::coded("xforms.unknown-function", at, format!("there is no function {name}(){meant}"))
        })?;
        function.check(arguments.len(), at)?;
        Ok(Called::Plain(Expr::Call(function, arguments, at as u32)))
    }

    /// A parenthesis or a call may go on as a path: `(…)[1]/name`.
    fn tail(&mut self, expr: Expr, at: usize) -> Result<Expr, SyntaxError> {
        match self.peek() {
            Some(Token::Slash | Token::DoubleSlash | Token::OpenBracket) => {
                self.path(Start::Expr(Box::new(expr)), at)
            }
            _ => Ok(expr),
        }
    }

    fn path(&mut self, start: Start, at: usize) -> Result<Expr, SyntaxError> {
        let mut steps = Vec::new();
        let relative = matches!(start, Start::Context);
        let bare_root = matches!(start, Start::Root);
        if relative {
            steps.push(self.step()?);
        } else if self.peek() == Some(&Token::OpenBracket) {
            let at = self.at();
            let predicates = self.predicates()?;
            steps.push(Step { axis: Axis::Own, test: Test::Any, predicates, at });
        }
        loop {
            if self.accept(&Token::DoubleSlash) {
                let at = self.at();
                let step = self.step()?;
                match step {
                    // `//name` in one step; with a predicate, positions count per parent (XPath 1.0 §2.5).
                    Step { axis: Axis::Child, test, predicates, .. } if predicates.is_empty() => {
                        steps.push(Step { axis: Axis::Descendant, test, predicates, at });
                    }
                    step => {
                        let (axis, test) = (Axis::DescendantOrSelf, Test::Any);
                        steps.push(Step { axis, test, predicates: Vec::new(), at });
                        steps.push(step);
                    }
                }
            } else if self.accept(&Token::Slash) {
                if bare_root && steps.is_empty() && !self.starts_step() {
                    break;
                }
                steps.push(self.step()?);
            } else {
                break;
            }
        }
        Ok(Expr::Path(Box::new(Path { start, steps, at, pivot: 0, current: false })))
    }

    fn starts_step(&self) -> bool {
        matches!(self.peek(), Some(Token::Name(_) | Token::Star | Token::At | Token::Dot | Token::DoubleDot))
    }

    fn step(&mut self) -> Result<Step, SyntaxError> {
        let at = self.at();
        let mut axis = Axis::Child;
        let test = match self.peek() {
            Some(Token::Dot) => {
                self.next += 1;
                axis = Axis::Own;
                Test::Any
            }
            Some(Token::DoubleDot) => {
                self.next += 1;
                axis = Axis::Parent;
                Test::Any
            }
            Some(Token::At) => {
                self.next += 1;
                axis = Axis::Attribute;
                self.test()?
            }
            Some(Token::Name(name)) if self.peek_second() == Some(&Token::DoubleColon) => {
                axis = Axis::find(name)
                    .ok_or_else(|| SyntaxError::new(at, format!("there is no axis {name}")))?;
                self.next += 2;
                self.test()?
            }
            _ => self.test()?,
        };
        let predicates = self.predicates()?;
        Ok(Step { axis, test, predicates, at })
    }

    fn test(&mut self) -> Result<Test, SyntaxError> {
        let at = self.at();
        match self.peek() {
            Some(Token::Star) => {
                self.next += 1;
                Ok(Test::Star)
            }
            Some(Token::Name(name)) if self.peek_second() == Some(&Token::Open) => {
                if !NODE_TYPES.contains(name) {
                    return Err(SyntaxError::new(at, format!("{name}() can't be a step of a path")));
                }
                self.next += 2;
                if *name == "processing-instruction" && matches!(self.peek(), Some(Token::Literal(_))) {
                    self.next += 1;
                }
                self.expect(&Token::Close, "`)`")?;
                Ok(match *name {
                    "node" => Test::Any,
                    "text" => Test::Text,
                    _ => Test::Nothing,
                })
            }
            Some(Token::Name(name)) => {
                self.next += 1;
                // Prefixes only mark namespaces here: `orx:meta` is `meta` of the same tree.
                let local = name.rsplit(':').next().unwrap_or(name);
                Ok(if local == "*" { Test::Star } else { Test::Name(self.names.intern(local)) })
            }
            Some(_) => Err(SyntaxError::new(at, "a name or a value should stand here")),
            None => Err(SyntaxError::new(at, "something is missing here")),
        }
    }

    fn predicates(&mut self) -> Result<Vec<Expr>, SyntaxError> {
        let mut predicates = Vec::new();
        while self.accept(&Token::OpenBracket) {
            predicates.push(self.expression(0)?);
            self.expect(&Token::CloseBracket, "`]`")?;
        }
        Ok(predicates)
    }
}

enum Called {
    Plain(Expr),
    Start(Start),
}
