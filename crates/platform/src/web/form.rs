//! What a form carries back and forth: what was typed, what was wrong with it, and what makes a second submit harmless.

/// One form on a page. A handler that refuses gives back what was posted in `values`, so nothing typed is lost.
#[derive(Debug, Clone, Default)]
pub struct Form {
    pub action: String,
    pub csrf: String,
    /// Unique per drawn form; a double submit does nothing.
    pub command_id: String,
    /// `{file: version}` the page was drawn from.
    pub version: String,
    /// Where 「やめる」 and a successful submit lead.
    pub return_to: String,
    /// Field name and text as typed; several entries of one name for check boxes.
    pub values: Vec<(String, String)>,
    /// Field name and what the program understood: 「令和8年11月24日（火）・生後98日」
    pub echoes: Vec<(String, String)>,
    pub errors: Vec<FieldError>,
    /// Somebody else changed the same thing meanwhile (409); the draft above stays.
    pub conflict: Option<Conflict>,
}

#[derive(Debug, Clone, Default)]
pub struct FieldError {
    /// Name of the field; empty when it concerns the whole form.
    pub field: String,
    pub label: String,
    /// What was read and what is expected, in the user's words.
    pub message: String,
}

#[derive(Debug, Clone, Default)]
pub struct Conflict {
    /// 「11:02 に 田村 さんが 電話（つながった）を記録しました」
    pub changes: Vec<String>,
    pub latest_url: String,
    /// What the form is shown beside now (`file:version`): the next submit is decided on that.
    pub version: String,
}

/// One choice of a radio group, check box group or list.
#[derive(Debug, Clone, Default)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub hint: String,
}

impl Choice {
    pub fn new(value: &str, label: &str) -> Self {
        Self { value: value.into(), label: label.into(), hint: String::new() }
    }
}

impl Form {
    pub fn value(&self, name: &str) -> &str {
        self.values.iter().find(|(key, _)| key == name).map_or("", |(_, text)| text)
    }

    pub fn chosen(&self, name: &str, value: &str) -> bool {
        self.values.iter().any(|(key, text)| key == name && text == value)
    }

    pub fn echo(&self, name: &str) -> &str {
        self.echoes.iter().find(|(key, _)| key == name).map_or("", |(_, text)| text)
    }

    pub fn error(&self, name: &str) -> &str {
        self.errors.iter().find(|error| error.field == name).map_or("", |error| &error.message)
    }

    pub fn has_error(&self, name: &str) -> bool {
        !self.error(name).is_empty()
    }
}
