//! What can go wrong at the hub, each with a stable code, an HTTP status and a sentence in two languages.

use wire::error::{ErrorBody, code};

#[derive(Debug, thiserror::Error)]
pub enum HubError {
    /// The token is unknown: enrol again.
    #[error("no device has this token")]
    Unauthorised,
    /// The device was revoked, or its user disabled: it may push, nothing else.
    #[error("the device was revoked")]
    Revoked,
    #[error("no invitation has this code")]
    CodeUnknown,
    #[error("the invitation was used already")]
    CodeUsed,
    #[error("the invitation has expired")]
    CodeExpired,
    #[error("the invitation's user is disabled")]
    UserDisabled,
    #[error("too many failed tries from this address")]
    TooMany,
    #[error("not a message of this version: {0}")]
    BadMessage(&'static str),
    #[error("the message is of another version")]
    Version,
    #[error("more at once than the hub takes")]
    TooLarge,
    #[error("no such path")]
    NotFound,
    #[error("the path does not take this method")]
    WrongMethod,
    #[error("the body is of a type the path does not take")]
    WrongType,
    /// tus: the client must name version 1.0.0.
    #[error("not tus 1.0.0")]
    TusVersion,
    #[error("the upload's bytes don't have the address they claim")]
    WrongAddress,
    #[error("the upload stands elsewhere")]
    WrongOffset,
    /// The link was cut, or a newer request took the upload over; what came stays.
    #[error("the upload was cut off")]
    Interrupted,
    #[error("the disk is full")]
    Full,
    /// The login is taken, the name empty or the like; for the command line and the console.
    #[error("{0}")]
    Input(&'static str),
    #[error("{0}")]
    Form(#[from] crate::forms::FormError),
    #[error("{0}")]
    Backup(#[from] crate::backup::BackupError),
    #[error("the database is of a newer version of this program")]
    NewerDatabase,
    #[error("the database is damaged; it was left as it is")]
    DamagedDatabase,
    #[error("database: {0}")]
    Database(rusqlite::Error),
    #[error("file: {0}")]
    File(std::io::Error),
    #[error("{0}")]
    Internal(&'static str),
}

impl From<rusqlite::Error> for HubError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode::{DatabaseCorrupt, DiskFull, NotADatabase};
        match error.sqlite_error_code() {
            Some(DiskFull) => Self::Full,
            Some(DatabaseCorrupt | NotADatabase) => Self::DamagedDatabase,
            _ => Self::Database(error),
        }
    }
}

impl From<rusqlite_migration::Error> for HubError {
    fn from(error: rusqlite_migration::Error) -> Self {
        match error {
            rusqlite_migration::Error::MigrationDefinition(_) => Self::NewerDatabase,
            rusqlite_migration::Error::RusqliteError { err, .. } => err.into(),
            _ => Self::Internal("the database's schema can't be brought up to date"),
        }
    }
}

impl From<std::io::Error> for HubError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::File(error),
        }
    }
}

impl From<serde_json::Error> for HubError {
    fn from(_: serde_json::Error) -> Self {
        Self::Internal("a value can't be written as JSON")
    }
}

impl HubError {
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unauthorised => code::UNAUTHORISED,
            Self::Revoked => code::REVOKED,
            Self::CodeUnknown => code::CODE_UNKNOWN,
            Self::CodeUsed => code::CODE_USED,
            Self::CodeExpired => code::CODE_EXPIRED,
            Self::UserDisabled => "enrol.user-disabled",
            Self::TooMany => "wire.too-many",
            Self::BadMessage(_) => code::BAD_MESSAGE,
            Self::Version => code::VERSION,
            Self::TooLarge => code::TOO_LARGE,
            Self::NotFound => code::NOT_FOUND,
            Self::WrongMethod => "wire.wrong-method",
            Self::WrongType => "wire.wrong-type",
            Self::TusVersion => "photo.tus-version",
            Self::WrongAddress => code::WRONG_ADDRESS,
            Self::WrongOffset => code::WRONG_OFFSET,
            Self::Interrupted => "photo.interrupted",
            Self::Full => code::FULL,
            Self::Input(_) => "hub.input",
            Self::Form(error) => error.code(),
            Self::Backup(error) => error.code(),
            Self::NewerDatabase => "hub.newer-database",
            Self::DamagedDatabase => "hub.damaged-database",
            Self::Database(_) | Self::File(_) | Self::Internal(_) => code::INTERNAL,
        }
    }

    pub fn status(&self) -> u16 {
        match self {
            Self::BadMessage(_) | Self::Input(_) => 400,
            Self::Unauthorised => 401,
            Self::Revoked | Self::UserDisabled => 403,
            Self::NotFound | Self::CodeUnknown => 404,
            Self::WrongMethod => 405,
            Self::WrongAddress | Self::WrongOffset | Self::Interrupted => 409,
            Self::CodeUsed | Self::CodeExpired => 410,
            Self::TusVersion => 412,
            Self::TooLarge => 413,
            Self::WrongType => 415,
            Self::Form(_) => 422,
            Self::Version => 426,
            Self::TooMany => 429,
            Self::Full => 507,
            Self::Backup(_)
            | Self::NewerDatabase
            | Self::DamagedDatabase
            | Self::Database(_)
            | Self::File(_)
            | Self::Internal(_) => 500,
        }
    }

    /// Vietnamese and English, for people; no personal data, nothing of the machine.
    pub fn messages(&self) -> (&'static str, &'static str) {
        match self {
            Self::Unauthorised => (
                "Máy chủ không nhận ra thiết bị này. Hãy đăng ký lại bằng mã mới.",
                "The hub does not know this device. Enrol again with a new code.",
            ),
            Self::Revoked => (
                "Thiết bị này đã bị thu hồi. Hãy liên hệ cơ quan của bạn.",
                "This device was revoked. Ask your office.",
            ),
            Self::CodeUnknown => (
                "Mã đăng ký không đúng. Hãy kiểm tra lại từng ký tự.",
                "The enrolment code is not known. Check each character.",
            ),
            Self::CodeUsed => (
                "Mã đăng ký đã được dùng. Hãy xin mã mới.",
                "The enrolment code was used already. Ask for a new one.",
            ),
            Self::CodeExpired => (
                "Mã đăng ký đã hết hạn. Hãy xin mã mới.",
                "The enrolment code has expired. Ask for a new one.",
            ),
            Self::UserDisabled => (
                "Tài khoản này đã bị khóa. Hãy liên hệ cơ quan của bạn.",
                "This account is disabled. Ask your office.",
            ),
            Self::TooMany => (
                "Thử sai quá nhiều lần. Hãy đợi một phút rồi thử lại.",
                "Too many failed tries. Wait a minute, then try again.",
            ),
            Self::BadMessage(_) | Self::WrongMethod | Self::WrongType | Self::TusVersion => {
                ("Máy chủ không hiểu yêu cầu này.", "The hub does not understand this request.")
            }
            Self::Version => (
                "Ứng dụng và máy chủ khác phiên bản. Hãy cập nhật.",
                "App and hub are of different versions. Update.",
            ),
            Self::TooLarge => ("Dữ liệu gửi một lần quá lớn.", "More was sent at once than the hub takes."),
            Self::NotFound => ("Không tìm thấy.", "Not found."),
            Self::WrongAddress => (
                "Ảnh bị hỏng trên đường truyền và sẽ được gửi lại.",
                "The photo was damaged on its way and will be sent again.",
            ),
            Self::WrongOffset | Self::Interrupted => (
                "Việc gửi ảnh bị ngắt và sẽ được tiếp tục.",
                "The photo's upload was cut off and will go on.",
            ),
            Self::Full => (
                "Máy chủ đã đầy. Không mất dữ liệu; hãy đồng bộ lại sau.",
                "The hub's disk is full. Nothing was lost; sync again later.",
            ),
            Self::Input(_) => ("Thông tin nhập chưa đúng.", "What was entered is not right."),
            Self::Form(_) => ("Biểu mẫu có lỗi.", "The form has problems."),
            Self::Backup(_) => ("Việc sao lưu không thành công.", "The backup did not work."),
            Self::NewerDatabase => (
                "Cơ sở dữ liệu thuộc phiên bản mới hơn. Hãy cập nhật máy chủ.",
                "The database is of a newer version. Update the hub.",
            ),
            Self::DamagedDatabase => (
                "Cơ sở dữ liệu bị hỏng và được giữ nguyên. Hãy khôi phục từ bản sao lưu.",
                "The database is damaged and was left as it is. Restore from a backup.",
            ),
            Self::Database(_) | Self::File(_) | Self::Internal(_) => {
                ("Máy chủ gặp lỗi. Hãy thử lại sau.", "The hub failed. Try again later.")
            }
        }
    }

    pub fn body(&self) -> ErrorBody {
        let (vi, en) = self.messages();
        ErrorBody {
            v: wire::VERSION,
            code: self.code().to_owned(),
            message_vi: vi.to_owned(),
            message_en: en.to_owned(),
        }
    }
}
