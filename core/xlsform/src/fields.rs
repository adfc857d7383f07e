//! A row as named values; a column such as `label::English (en)` makes a value of its own under `label`.

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Group(Fields),
}

/// In the order of columns. Rows are short: looking through them beats hashing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Fields(pub Vec<(String, Value)>);

impl Value {
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Group(_) => None,
        }
    }

    pub fn group(&self) -> Option<&Fields> {
        match self {
            Self::Text(_) => None,
            Self::Group(fields) => Some(fields),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Fields {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub fn get_mut(&mut self, name: &str) -> Option<&mut Value> {
        self.0.iter_mut().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    pub fn text(&self, name: &str) -> Option<&str> {
        self.get(name)?.text()
    }

    pub fn group(&self, name: &str) -> Option<&Fields> {
        self.get(name)?.group()
    }

    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub fn take(&mut self, name: &str) -> Option<Value> {
        let at = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.remove(at).1)
    }

    pub fn set(&mut self, name: &str, value: impl Into<Value>) {
        let value = value.into();
        match self.get_mut(name) {
            Some(old) => *old = value,
            None => self.0.push((name.to_owned(), value)),
        }
    }

    /// The group of this name, made if there is none.
    pub fn group_mut(&mut self, name: &str) -> &mut Fields {
        if !matches!(self.get(name), Some(Value::Group(_))) {
            self.set(name, Value::Group(Self::default()));
        }
        match self.get_mut(name) {
            Some(Value::Group(fields)) => fields,
            _ => unreachable!("it was just made"),
        }
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// Puts a value at a path of keys. Where one side is text and the other has languages, the text is that of the
    /// default language.
    pub fn merge(&mut self, path: &[String], value: &str, default_language: &str) {
        match path {
            [] => {}
            [key] => match self.get_mut(key) {
                Some(Value::Group(languages)) => {
                    if !languages.has(default_language) {
                        languages.set(default_language, value);
                    }
                }
                _ => self.set(key, value),
            },
            [key, rest @ ..] => {
                if let Some(slot @ Value::Text(_)) = self.get_mut(key) {
                    let old = std::mem::replace(slot, Value::Group(Self::default()));
                    if let Value::Group(group) = slot {
                        group.set(default_language, old);
                    }
                }
                self.group_mut(key).merge(rest, value, default_language);
            }
        }
    }
}
