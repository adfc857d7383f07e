//! What a command can't do, each with a stable code.

use casework::CaseworkError;
use model::BatchError;
use serde_json::{Value, json};
use xforms::{AnswerError, Problem};

/// Nothing changed; the next command goes on.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    #[error("the line is no JSON object: {0}")]
    NotJson(String),
    #[error("no such command; there are: {0}")]
    UnknownCommand(&'static str),
    #[error("{0}")]
    Usage(String),
    #[error("{0} is not written dd/mm/yyyy HH:MM, or dd/mm/yyyy for a day")]
    NotATime(String),
    #[error("something was already done after {0}")]
    Past(String),
    #[error("say first what time it is: now")]
    NoTime,
    #[error("say first who acts: as")]
    Nobody,
    #[error("open something first: open")]
    NothingOpen,
    #[error("there is no role {0}")]
    UnknownRole(String),
    #[error("{0} is somebody else's")]
    OthersDevice(String),
    #[error("the pack has no form {0}, and no kind of record of that name that moves by a workflow")]
    UnknownForm(String),
    #[error("the form {0} opens nothing that moves by a workflow")]
    OpensNothing(String),
    #[error("there is no field {0}")]
    UnknownField(String),
    #[error("there is no record yet that says {0}")]
    NoRecord(String),
    #[error("{0} can't say {1}")]
    WrongValue(String, String),
    #[error("no step was called {0}")]
    UnknownStep(String),
    #[error("the form has no question {0}")]
    UnknownQuestion(String),
    #[error("the form doesn't ask {0} after these answers")]
    NotAsked(String),
    #[error("{0}")]
    Answer(#[from] AnswerError),
    #[error("the form can't be finished: {}", paths(.0))]
    Unfinished(Vec<Problem>),
    #[error("{0}")]
    Form(#[from] CaseworkError),
    #[error("{0}")]
    Batch(#[from] BatchError),
    #[error("no key could be made")]
    NoKey,
}

fn paths(problems: &[Problem]) -> String {
    let paths: Vec<_> =
        problems.iter().map(|problem| format!("{} ({})", problem.path, problem.kind.code())).collect();
    paths.join(", ")
}

impl PlayError {
    /// A stable code, and Vietnamese.
    fn row(&self) -> (&'static str, String) {
        match self {
            Self::NotJson(_) => ("case.not-json", "Dòng này không phải là một đối tượng JSON".into()),
            Self::UnknownCommand(words) => {
                ("case.unknown-command", format!("Không có lệnh này; có: {words}"))
            }
            Self::Usage(_) => ("case.usage", "Lệnh viết chưa đúng".into()),
            Self::NotATime(text) => (
                "case.not-a-time",
                format!("{text:?} không viết như 28/11/2026 22:40, hay 28/11/2026 cho một ngày"),
            ),
            Self::Past(text) => ("case.past", format!("Đã có việc làm sau {text}")),
            Self::NoTime => ("case.no-time", "Chưa nói bây giờ là lúc nào (now)".into()),
            Self::Nobody => ("case.nobody", "Chưa nói ai làm (as)".into()),
            Self::NothingOpen => ("case.nothing-open", "Chưa mở hồ sơ nào (open)".into()),
            Self::UnknownRole(role) => ("case.unknown-role", format!("Không có vai trò {role:?}")),
            Self::OthersDevice(device) => ("case.others-device", format!("Máy {device:?} là của người khác")),
            Self::UnknownForm(form) => (
                "case.unknown-form",
                format!("Gói không có phiếu {form:?}, cũng không có loại hồ sơ nào tên như vậy có quy trình"),
            ),
            Self::OpensNothing(form) => {
                ("case.opens-nothing", format!("Phiếu {form:?} không mở hồ sơ nào có quy trình"))
            }
            Self::UnknownField(field) => ("case.unknown-field", format!("Không có trường {field:?}")),
            Self::NoRecord(field) => ("case.no-record", format!("Chưa có bản ghi nào có {field:?}")),
            Self::WrongValue(field, value) => ("case.wrong-value", format!("{field:?} không nhận {value}")),
            Self::UnknownStep(step) => ("case.unknown-step", format!("Không có bước nào tên {step:?}")),
            Self::UnknownQuestion(name) => {
                ("case.unknown-question", format!("Phiếu không có câu hỏi {name:?}"))
            }
            Self::NotAsked(name) => {
                ("case.not-asked", format!("Với các câu trả lời này, phiếu không hỏi {name:?}"))
            }
            Self::Answer(error) => (error.code(), format!("Phiếu không nhận câu trả lời: {error}")),
            Self::Unfinished(problems) => {
                ("case.unfinished", format!("Phiếu chưa điền xong: {}", paths(problems)))
            }
            Self::Form(error) => (error.code(), format!("Không ghi được phiếu: {error}")),
            Self::Batch(error) => (error.code(), format!("Không ghi được: {error}")),
            Self::NoKey => ("case.no-key", "Không tạo được khóa của máy".into()),
        }
    }

    pub fn code(&self) -> &'static str {
        self.row().0
    }

    pub(crate) fn answer(&self) -> Value {
        let (code, vi) = self.row();
        json!({ "error": code, "vi": vi, "en": self.to_string() })
    }
}
