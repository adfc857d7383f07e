//! The functions an expression may call: XPath 1.0's core library and ODK's own (spec, XPath Functions).

use super::SyntaxError;

macro_rules! functions {
    ($($variant:ident $name:literal $min:literal .. $max:literal;)*) => {
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Function { $($variant),* }

        impl Function {
            pub fn find(name: &str) -> Option<Function> {
                match name { $($name => Some(Function::$variant),)* _ => None }
            }

            /// All functions, for a guess at what was meant.
            pub fn names() -> impl Iterator<Item = &'static str> {
                [$($name),*, "current", "instance"].into_iter()
            }

            pub fn name(self) -> &'static str {
                match self { $(Function::$variant => $name),* }
            }

            fn arity(self) -> (usize, usize) {
                match self { $(Function::$variant => ($min, $max)),* }
            }
        }
    };
}

functions! {
    String "string" 0..1;
    Concat "concat" 0..999;
    Join "join" 1..999;
    Substr "substr" 2..3;
    Substring "substring" 2..3;
    SubstringBefore "substring-before" 2..2;
    SubstringAfter "substring-after" 2..2;
    Translate "translate" 3..3;
    StringLength "string-length" 0..1;
    NormalizeSpace "normalize-space" 0..1;
    Contains "contains" 2..2;
    StartsWith "starts-with" 2..2;
    EndsWith "ends-with" 2..2;
    Uuid "uuid" 0..1;
    Digest "digest" 2..3;
    Base64Decode "base64-decode" 1..1;
    ExtractSigned "extract-signed" 2..2;
    Version "version" 0..0;
    Property "property" 1..1;
    Depend "depend" 1..999;
    Pulldata "pulldata" 4..4;
    If "if" 3..3;
    Coalesce "coalesce" 1..999;
    Once "once" 1..1;
    True "true" 0..0;
    False "false" 0..0;
    Boolean "boolean" 1..1;
    BooleanFromString "boolean-from-string" 1..1;
    Not "not" 1..1;
    Lang "lang" 1..1;
    Regex "regex" 2..2;
    Intersects "intersects" 1..999;
    Geofence "geofence" 2..2;
    Checklist "checklist" 2..999;
    WeightedChecklist "weighted-checklist" 2..999;
    Number "number" 0..1;
    Random "random" 0..0;
    Int "int" 1..1;
    Sum "sum" 1..1;
    Max "max" 1..999;
    Min "min" 1..999;
    Round "round" 1..2;
    Floor "floor" 1..1;
    Ceiling "ceiling" 1..1;
    Abs "abs" 1..1;
    Pow "pow" 2..2;
    Log "log" 1..1;
    Log10 "log10" 1..1;
    Sin "sin" 1..1;
    Cos "cos" 1..1;
    Tan "tan" 1..1;
    Asin "asin" 1..1;
    Acos "acos" 1..1;
    Atan "atan" 1..1;
    Atan2 "atan2" 2..2;
    Sqrt "sqrt" 1..1;
    Exp "exp" 1..1;
    Exp10 "exp10" 1..1;
    Pi "pi" 0..0;
    Count "count" 1..1;
    CountNonEmpty "count-non-empty" 1..1;
    Position "position" 0..1;
    Last "last" 0..0;
    Name "name" 0..1;
    LocalName "local-name" 0..1;
    NamespaceUri "namespace-uri" 0..1;
    Id "id" 1..1;
    Randomize "randomize" 1..2;
    Today "today" 0..0;
    Now "now" 0..0;
    FormatDate "format-date" 2..2;
    FormatDateTime "format-date-time" 2..2;
    Date "date" 1..1;
    DateTime "date-time" 1..1;
    DecimalDateTime "decimal-date-time" 1..1;
    DecimalDate "decimal-date" 1..1;
    DecimalTime "decimal-time" 1..1;
    Selected "selected" 2..2;
    IsSelected "is-selected" 2..2;
    SelectedAt "selected-at" 2..2;
    CountSelected "count-selected" 1..1;
    ChoiceName "jr:choice-name" 2..2;
    Itext "jr:itext" 1..1;
    IndexedRepeat "indexed-repeat" 3..11;
    Distance "distance" 1..999;
    Area "area" 1..999;
    EnclosedArea "enclosed-area" 1..999;
}

impl Function {
    /// Checks the number of arguments.
    pub fn check(self, count: usize, at: usize) -> Result<(), SyntaxError> {
        let (min, max) = self.arity();
        let odd = self == Function::IndexedRepeat && count.is_multiple_of(2)
            || self == Function::WeightedChecklist && !count.is_multiple_of(2);
        if count >= min && count <= max && !odd {
            return Ok(());
        }
        let wanted = if min == max { min.to_string() } else { format!("{min} to {max}") };
        Err(SyntaxError::coded(
            "xforms.wrong-arguments",
            at,
            format!("{}() takes {wanted} argument(s), not {count}", self.name()),
        ))
    }

    /// Another value at each call, or on each device: never compared when a submission is checked again.
    pub fn is_volatile(self) -> bool {
        matches!(self, Function::Random | Function::Uuid | Function::Once | Function::Now)
    }

    /// Counts, places or names its nodes, whatever their values are.
    pub fn reads_no_values(self) -> bool {
        use Function::{Count, LocalName, Name, NamespaceUri, Position, Randomize};
        matches!(self, Count | LocalName | Name | NamespaceUri | Position | Randomize)
    }

    /// Its first argument, where there is one, must be nodes.
    pub fn takes_nodes(self) -> bool {
        matches!(self, Function::Sum | Function::CountNonEmpty) || self.reads_no_values()
    }
}
