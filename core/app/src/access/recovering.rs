//! Getting in when the PIN was forgotten or the phone's hardware key is gone: the office reads out a one-time code.

use super::{
    locking,
    view::{LostKey, RecoveryRequest, WorkerView},
};
use crate::{error::Fault, shared::Shared, state::AppState};
use rulebook::Lang;
use store::WorkerFolder;
use wire::recovery::{Code, Lost, Request};

/// The folder of whom the lock screen is for.
fn locked(shared: &Shared) -> Result<WorkerFolder, Fault> {
    match &*shared.state() {
        AppState::NotEnrolled => Err(Fault::new("app.not-enrolled")),
        AppState::Locked(folder) | AppState::Paused { folder, .. } => Ok(folder.clone()),
        AppState::Unlocked(_) => Err(Fault::new("app.unlocked")),
    }
}

pub fn request(shared: &Shared) -> Result<RecoveryRequest, Fault> {
    let request = locked(shared)?.recovery_request(&shared.hardware)?;
    Ok(view(&request, shared.lang()))
}

fn view(request: &Request, lang: Lang) -> RecoveryRequest {
    let (lost, text) = match request.lost {
        Lost::Pin => (
            LostKey::Pin,
            lang.pick(
                "Gửi hoặc đọc yêu cầu này cho văn phòng. Văn phòng gọi lại và đọc một mã dùng một lần; sau đó đặt mã PIN mới. Dữ liệu vẫn còn nguyên.",
                "Send or read this request to the office. They call back and read out a code that is good once; then set a new PIN. All data stays.",
            ),
        ),
        Lost::HardwareKey => (
            LostKey::HardwareKey,
            lang.pick(
                "Máy đã mất khóa an toàn, nên mã PIN một mình không mở được. Gửi hoặc đọc yêu cầu này cho văn phòng; văn phòng gọi lại và đọc một mã dùng một lần. Dữ liệu vẫn còn nguyên.",
                "The phone's secure key is gone, so the PIN alone opens nothing. Send or read this request to the office; they call back and read out a code that is good once. All data stays.",
            ),
        ),
    };
    RecoveryRequest { request: request.to_string(), lost, text: text.to_owned() }
}

/// Opens with the office's code, which is used up, and sets a new PIN.
pub fn recover(shared: &Shared, code: &str, pin: &str) -> Result<WorkerView, Fault> {
    let _turn = shared.turn()?;
    let code: Code = code.parse().map_err(|_| Fault::new("app.code-mistyped"))?;
    super::enrolling::check_pin(pin)?;
    let folder = locked(shared)?;
    let keys = folder.recover(&code, pin, &shared.hardware)?;
    locking::open(shared, folder, keys)
}

/// Asks for the present PIN: the phone may lie open on a table.
pub fn change_pin(shared: &Shared, pin: &str, new: &str) -> Result<(), Fault> {
    let _turn = shared.turn()?;
    super::enrolling::check_pin(new)?;
    let folder = match &*shared.state() {
        AppState::Unlocked(opened) => opened.folder.clone(),
        AppState::NotEnrolled => return Err(Fault::new("app.not-enrolled")),
        AppState::Paused { .. } => return Err(Fault::new("app.paused")),
        AppState::Locked(_) => return Err(Fault::new("app.locked")),
    };
    let keys = folder.unlock(pin, &shared.hardware, &*shared.clock)?;
    Ok(folder.set_pin(&keys, new, &shared.hardware)?)
}
