//! What can go wrong at the hub, each with a stable code, an HTTP status and a sentence in two languages.

use crate::db::DbError;
use model::BatchError;
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
    /// The phone's folder is another user's: nothing was used up.
    #[error("the folder belongs to another user")]
    OtherWorker,
    /// Another device for a user who is here already.
    #[error("the user, or two administrators, must agree to another device")]
    ConsentNeeded,
    /// On duty by a role without content.
    #[error("the role has nothing to do with cases")]
    NoContent,
    #[error("too many failed tries from this address")]
    TooMany,
    #[error("not a message of this version: {0}")]
    BadMessage(&'static str),
    /// A page of batches that can't be read, or a key that no signature may count by.
    #[error("{0}")]
    Batch(#[from] BatchError),
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
    /// Nothing that the device may see names such a photo of this length.
    #[error("no record names this photo")]
    PhotoUnknown,
    /// See [`crate::office::limits`].
    #[error("the device has sent as many photos as are taken for now")]
    PhotoQuota,
    #[error("the disk is full")]
    Full,
    /// The login is taken, the name empty or the like; for the command line and the console.
    #[error("{0}")]
    Input(&'static str),
    #[error("{0}")]
    Form(#[from] crate::forms::FormError),
    #[error("{0}")]
    Backup(#[from] crate::backup::error::BackupError),
    #[error("{0}")]
    Desk(#[from] crate::office::desk::DeskError),
    #[error("{0}")]
    Step(#[from] crate::office::steps::StepError),
    #[error("desk.key can't be read; it was left as it is")]
    DamagedDeskKey,
    /// A new hub was to begin where a recovery key lies already; it was left as it is.
    #[error("recovery.key lies in the folder already")]
    RecoveryKeyLiesHere,
    #[error("the file is no recovery key")]
    NoRecoveryKey,
    #[error("the recovery key is another office's")]
    OtherRecoveryKey,
    /// The command changes what can't be changed back.
    #[error("not confirmed")]
    NotConfirmed,
    #[error("the phone's request was mistyped")]
    RequestMistyped,
    #[error("the database is of a newer version of this program")]
    NewerDatabase,
    #[error("the database is damaged; it was left as it is")]
    DamagedDatabase,
    #[error("{0}")]
    Database(DbError),
    #[error("the program's own tables: {0}")]
    Tables(#[from] rulebook::RulebookErrors),
    /// So many; each was printed.
    #[error("the pack has {0} problems")]
    Pack(usize),
    #[error("{0}")]
    Publishing(#[from] crate::packs::PackError),
    #[error("{0}")]
    Print(#[from] prints::PrintError),
    #[error("file: {0}")]
    File(std::io::Error),
    #[error("{0}")]
    Internal(&'static str),
}

impl From<DbError> for HubError {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Full => Self::Full,
            DbError::Newer => Self::NewerDatabase,
            DbError::Damaged => Self::DamagedDatabase,
            DbError::Internal(text) => Self::Internal(text),
            error @ (DbError::Engine(_) | DbError::Thread(_)) => Self::Database(error),
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

/// What phones and people are told of an error.
struct Row {
    code: &'static str,
    status: u16,
    vi: &'static str,
    en: &'static str,
}

impl HubError {
    /// The one table: a code and HTTP status for programs, Vietnamese and English for people; no personal data,
    /// nothing of the machine.
    fn row(&self) -> Row {
        let row = |code, status, vi, en| Row { code, status, vi, en };
        let request = |code, status| {
            row(code, status, "Máy chủ không hiểu yêu cầu này.", "The hub does not understand this request.")
        };
        let cut_off = |code| {
            row(
                code,
                409,
                "Việc gửi ảnh bị ngắt và sẽ được tiếp tục.",
                "The photo's upload was cut off and will go on.",
            )
        };
        match self {
            Self::Unauthorised => row(
                code::UNAUTHORISED,
                401,
                "Máy chủ không nhận ra thiết bị này. Hãy đăng ký lại bằng mã mới.",
                "The hub does not know this device. Enrol again with a new code.",
            ),
            Self::Revoked => row(
                code::REVOKED,
                403,
                "Thiết bị này đã bị thu hồi. Hãy liên hệ cơ quan của bạn.",
                "This device was revoked. Ask your office.",
            ),
            Self::CodeUnknown => row(
                code::CODE_UNKNOWN,
                404,
                "Mã đăng ký không đúng. Hãy kiểm tra lại từng ký tự.",
                "The enrolment code is not known. Check each character.",
            ),
            Self::CodeUsed => row(
                code::CODE_USED,
                410,
                "Mã đăng ký đã được dùng. Hãy xin mã mới.",
                "The enrolment code was used already. Ask for a new one.",
            ),
            Self::CodeExpired => row(
                code::CODE_EXPIRED,
                410,
                "Mã đăng ký đã hết hạn. Hãy xin mã mới.",
                "The enrolment code has expired. Ask for a new one.",
            ),
            Self::UserDisabled => row(
                code::USER_DISABLED,
                403,
                "Tài khoản này đã bị khóa. Hãy liên hệ cơ quan của bạn.",
                "This account is disabled. Ask your office.",
            ),
            Self::OtherWorker => row(
                code::OTHER_WORKER,
                409,
                "Mã này dành cho người khác. Dữ liệu trên máy chỉ được chuyển tiếp cho đúng cán bộ của nó; mã chưa bị dùng.",
                "The code is somebody else's. Work on the phone goes on only in the name of whoever made it; the code is still good.",
            ),
            Self::ConsentNeeded => row(
                "invite.consent-needed",
                403,
                "Người này đã có thiết bị. Cơ quan có nhiều quản trị viên: một người mời trong bảng điều khiển, người đó hoặc quản trị viên thứ hai đồng ý.",
                "This user has a device already. The office has several administrators: one invites in the console, the user or a second one agrees.",
            ),
            Self::NoContent => row(
                "user.no-content",
                400,
                "Vai trò này không được xem hồ sơ, nên không thể trực.",
                "This role does not see cases, so it can't be on duty.",
            ),
            Self::TooMany => row(
                "wire.too-many",
                429,
                "Thử sai quá nhiều lần. Hãy đợi một phút rồi thử lại.",
                "Too many failed tries. Wait a minute, then try again.",
            ),
            Self::BadMessage(_) => request(code::BAD_MESSAGE, 400),
            Self::Batch(error) => request(error.code(), 400),
            Self::Version => row(
                code::VERSION,
                426,
                "Ứng dụng và máy chủ khác phiên bản. Hãy cập nhật.",
                "App and hub are of different versions. Update.",
            ),
            Self::TooLarge => row(
                code::TOO_LARGE,
                413,
                "Dữ liệu gửi một lần quá lớn.",
                "More was sent at once than the hub takes.",
            ),
            Self::NotFound => row(code::NOT_FOUND, 404, "Không tìm thấy.", "Not found."),
            Self::WrongMethod => request("wire.wrong-method", 405),
            Self::WrongType => request("wire.wrong-type", 415),
            Self::TusVersion => request("photo.tus-version", 412),
            Self::WrongAddress => row(
                code::WRONG_ADDRESS,
                409,
                "Ảnh bị hỏng trên đường truyền và sẽ được gửi lại.",
                "The photo was damaged on its way and will be sent again.",
            ),
            Self::WrongOffset => cut_off(code::WRONG_OFFSET),
            Self::Interrupted => cut_off("photo.interrupted"),
            Self::PhotoUnknown => row(
                code::PHOTO_UNKNOWN,
                403,
                "Máy chủ chưa nhận hồ sơ nào có ảnh này. Ảnh vẫn còn trên máy.",
                "The hub has received no record with this photo. The photo stays on the phone.",
            ),
            Self::PhotoQuota => row(
                code::PHOTO_QUOTA,
                403,
                "Máy này đã gửi đủ số ảnh máy chủ nhận lúc này. Ảnh vẫn còn trên máy; hãy đồng bộ lại vào ngày mai hoặc báo văn phòng.",
                "This phone has sent as many photos as the hub takes for now. They stay on the phone; sync again tomorrow, or tell the office.",
            ),
            Self::Print(error) => row(
                error.code(),
                500,
                "Không in được bằng mẫu này: mẫu trong gói quy định có lỗi, hoặc có quá nhiều dữ liệu. Hãy báo người quản trị, kèm mã lỗi.",
                "This can't be printed: its page in the pack has a fault, or there is too much. Tell the administrator, with the code.",
            ),
            Self::Full => row(
                code::FULL,
                507,
                "Máy chủ đã đầy. Không mất dữ liệu; hãy đồng bộ lại sau.",
                "The hub's disk is full. Nothing was lost; sync again later.",
            ),
            Self::Input(_) => {
                row("hub.input", 400, "Thông tin nhập chưa đúng.", "What was entered is not right.")
            }
            Self::Form(error) => row(error.code(), 422, "Biểu mẫu có lỗi.", "The form has problems."),
            Self::Backup(error) => {
                row(error.code(), 500, "Việc sao lưu không thành công.", "The backup did not work.")
            }
            Self::Desk(error) => {
                let (vi, en) = error.messages();
                row(error.code(), 409, vi, en)
            }
            Self::Step(error) => {
                let (vi, en) = error.messages();
                row(error.code(), 409, vi, en)
            }
            Self::DamagedDeskKey => row(
                "hub.damaged-desk-key",
                500,
                "Tệp desk.key của máy chủ bị hỏng nên chưa ghi được từ bảng điều khiển. Người quản trị máy chủ hãy chuyển tệp đó đi nơi khác rồi thử lại; không mất dữ liệu.",
                "The hub's file desk.key is damaged, so nothing can be written in the console. Whoever runs the hub moves the file away, then try again; no data is lost.",
            ),
            Self::RecoveryKeyLiesHere => row(
                "hub.recovery-key-lies-here",
                500,
                "Trong thư mục đã có tệp recovery.key, có thể của một máy chủ trước. Hãy cất tệp đó vào USB (đừng xóa: nó mở được dữ liệu trên các điện thoại cũ) rồi chạy lại.",
                "There is a recovery.key in the folder already, perhaps of a hub before. Put it away on a USB stick (don't delete it: it opens the data on older phones), then start again.",
            ),
            Self::NoRecoveryKey => row(
                "hub.no-recovery-key",
                500,
                "Tệp này không phải khóa khôi phục của cơ quan. Hãy cắm USB cất trong két và chỉ đúng tệp recovery.key.",
                "This file is not the office's recovery key. Plug in the USB stick from the safe and name its recovery.key.",
            ),
            Self::OtherRecoveryKey => row(
                "hub.other-recovery-key",
                500,
                "Khóa khôi phục trong tệp này là của cơ quan khác hoặc của máy chủ trước. Không có gì thay đổi. Hãy cắm USB của chính cơ quan này.",
                "The recovery key in this file is another office's, or of a hub before. Nothing was changed. Plug in this office's own USB stick.",
            ),
            Self::NotConfirmed => row(
                "hub.not-confirmed",
                400,
                "Chưa làm gì cả. Khi đã chắc chắn, hãy chạy lại lệnh với --yes.",
                "Nothing was done. Once you are sure, run the command again with --yes.",
            ),
            Self::RequestMistyped => row(
                "hub.request-mistyped",
                400,
                "Yêu cầu gõ chưa đúng. Hãy so lại từng nhóm với màn hình điện thoại.",
                "The request was mistyped. Compare each group with the phone's screen.",
            ),
            Self::NewerDatabase => row(
                "hub.newer-database",
                500,
                "Cơ sở dữ liệu thuộc phiên bản mới hơn. Hãy cập nhật máy chủ.",
                "The database is of a newer version. Update the hub.",
            ),
            Self::DamagedDatabase => row(
                "hub.damaged-database",
                500,
                "Cơ sở dữ liệu bị hỏng và được giữ nguyên. Hãy khôi phục từ bản sao lưu.",
                "The database is damaged and was left as it is. Restore from a backup.",
            ),
            Self::Tables(error) => row(
                error.code(),
                500,
                "Bảng quy tắc của chương trình bị hỏng. Hãy cài lại máy chủ.",
                "The program's own tables are damaged. Install the hub again.",
            ),
            Self::Pack(_) => row(
                "pack.problems",
                422,
                "Gói còn lỗi, xem từng dòng ở trên. Sửa rồi kiểm tra lại.",
                "The pack has faults, see the lines above. Mend them and check again.",
            ),
            Self::Publishing(error) => {
                let (code, status, vi, en) = error.row();
                row(code, status, vi, en)
            }
            Self::Database(_) | Self::File(_) | Self::Internal(_) => row(
                code::INTERNAL,
                500,
                "Máy chủ gặp lỗi. Hãy thử lại sau.",
                "The hub failed. Try again later.",
            ),
        }
    }

    pub fn code(&self) -> &'static str {
        self.row().code
    }

    pub fn status(&self) -> u16 {
        self.row().status
    }

    /// Vietnamese and English, for people.
    pub fn messages(&self) -> (&'static str, &'static str) {
        let Row { vi, en, .. } = self.row();
        (vi, en)
    }

    pub fn body(&self) -> ErrorBody {
        let Row { code, vi, en, .. } = self.row();
        ErrorBody {
            v: wire::VERSION,
            code: code.to_owned(),
            message_vi: vi.to_owned(),
            message_en: en.to_owned(),
        }
    }
}
