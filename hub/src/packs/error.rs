//! Why a pack is neither proposed nor published. What stands stays.

use rulebook::Problem;

#[derive(Debug, thiserror::Error)]
pub enum PackError {
    #[error("{}", lines(.0))]
    Problems(Vec<Problem>),
    /// Features that this program doesn't have.
    #[error("the pack needs {}", .0.join(", "))]
    Needs(Vec<String>),
    /// It is for the whole country and not the one that there is, or lies over another.
    #[error("the pack {0} is neither the national one nor lies over it")]
    OtherBase(String),
    #[error("{id} {version} is not newer than {published}")]
    Older { id: String, version: String, published: String },
    #[error("{id} {version} is published already, with other content; give it a new version")]
    VersionTaken { id: String, version: String },
    #[error("{id} {version} is published already, as it is")]
    Known { id: String, version: String },
    #[error("another person has to agree")]
    SamePerson,
    #[error("no such proposal waits")]
    NotProposed,
    #[error("a pack can't be in force from a day that is over")]
    PastDay,
    /// Another was published after it was checked.
    #[error("another pack was published meanwhile")]
    Overtaken,
    #[error("a file of the pack is gone or is not what it was")]
    Incomplete,
    /// More wait, are published side by side, or more is said of one, than phones and people take.
    #[error("more than there may be")]
    TooMany,
}

impl PackError {
    /// A stable code, the HTTP status, Vietnamese, English.
    pub fn row(&self) -> (&'static str, u16, &'static str, &'static str) {
        match self {
            Self::Problems(_) => (
                "pack.problems",
                422,
                "Gói còn lỗi. Sửa từng chỗ rồi gửi lại.",
                "The pack has faults. Mend each of them and send it again.",
            ),
            Self::Needs(_) => (
                "pack.needs",
                422,
                "Gói cần tính năng mà máy chủ chưa có. Hãy cập nhật máy chủ rồi gửi lại.",
                "The pack needs what this hub can't do yet. Update the hub, then send it again.",
            ),
            Self::OtherBase(_) => (
                "pack.other-base",
                422,
                "Gói phải là gói quốc gia đang có, hoặc nằm trên gói đó. Hãy sửa cột id và base trong pack.csv.",
                "The pack must be the national one that there is, or lie over it. Mend id and base in pack.csv.",
            ),
            Self::Older { .. } => (
                "pack.older",
                409,
                "Đã công bố phiên bản này hoặc mới hơn. Hãy ghi số phiên bản lớn hơn trong pack.csv.",
                "This version or a newer one is published. Write a higher version in pack.csv.",
            ),
            Self::VersionTaken { .. } => (
                "pack.version-taken",
                409,
                "Phiên bản này đã được công bố với nội dung khác. Hãy ghi số phiên bản lớn hơn trong pack.csv.",
                "This version is published with other content. Write a higher version in pack.csv.",
            ),
            Self::Known { .. } => (
                "pack.known",
                409,
                "Gói này đã được công bố đúng như vậy. Không cần làm gì thêm.",
                "The pack is published just as it is. There is nothing to do.",
            ),
            Self::SamePerson => (
                "pack.same-person",
                403,
                "Người gửi đề nghị không tự đồng ý được. Hãy nhờ một quản trị viên khác hoặc người vận hành máy chủ.",
                "Who proposed it can't agree to it. Ask another administrator, or who runs the hub.",
            ),
            Self::NotProposed => (
                "pack.not-proposed",
                404,
                "Không có đề nghị này, hoặc đã được quyết định. Hãy xem lại danh sách.",
                "There is no such proposal, or it was decided. Look at the list again.",
            ),
            Self::PastDay => (
                "pack.past-day",
                422,
                "Ngày hiệu lực đã qua. Hãy chọn hôm nay hoặc một ngày sau.",
                "The first day is over. Choose today or a later day.",
            ),
            Self::Overtaken => (
                "pack.overtaken",
                409,
                "Vừa có gói khác được công bố. Hãy xem lại rồi đồng ý lần nữa.",
                "Another pack was just published. Look at it again, then agree once more.",
            ),
            Self::Incomplete => (
                "pack.incomplete",
                422,
                "Một tệp của gói bị mất hoặc bị hỏng. Hãy gửi lại gói.",
                "A file of the pack is gone or damaged. Send the pack again.",
            ),
            Self::TooMany => (
                "pack.too-many",
                422,
                "Gói quá lớn, hoặc có quá nhiều gói. Hãy quyết định các đề nghị đang chờ, hoặc bớt biểu mẫu.",
                "The pack is too large, or there are too many. Decide the proposals that wait, or take out forms.",
            ),
        }
    }

    pub fn code(&self) -> &'static str {
        self.row().0
    }

    pub fn problems(&self) -> &[Problem] {
        if let Self::Problems(problems) = self { problems } else { &[] }
    }
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}
