//! The office's key: looked at, handed over, replaced.

use super::OfficeKeyCommand;
use crate::{
    Hub, HubError,
    office::keys::{self, Followed},
};

pub(super) fn run(hub: &Hub, command: OfficeKeyCommand) -> Result<(), HubError> {
    let serial = match command {
        OfficeKeyCommand::Show => {
            show(hub)?;
            return Ok(());
        }
        OfficeKeyCommand::Rotate { yes } => {
            confirm(hub, yes)?;
            hub.write_now(keys::rotate)?
        }
        OfficeKeyCommand::Replace { recovery, yes } => {
            confirm(hub, yes)?;
            keys::replace(hub, &recovery)?
        }
        OfficeKeyCommand::Recovery { key } => {
            keys::learn_recovery(hub, &key)?;
            show(hub)?.serial
        }
    };
    println!("key {serial}");
    Ok(())
}

fn show(hub: &Hub) -> Result<Followed, HubError> {
    let followed = hub.read_now(|_, read| keys::followed(read))?;
    let Followed { serial, has_recovery, here, behind, silent, strange, without_recovery } = followed;
    println!("in use {serial}\tfollow {here}\tbehind {behind}\tsilent {silent}\tstrange {strange}");
    if has_recovery {
        println!("recovery known\tphones without {without_recovery}");
    } else {
        eprintln!(
            "Điện thoại chưa biết khóa khôi phục, nên nếu mất khóa thì phải đăng ký lại từng máy. Hãy cắm USB và chạy: \
             office-key recovery --key TỆP\n\
             Phones don't know the recovery key: were the key lost, each would have to be enrolled again. Plug in the \
             USB stick and run: office-key recovery --key FILE"
        );
    }
    if strange > 0 {
        eprintln!(
            "{strange} điện thoại theo một khóa mà máy chủ này không có: máy chủ đã bị đưa về trạng thái cũ, hoặc có kẻ \
             giả làm cơ quan. Hãy cắm USB và chạy: office-key replace --recovery TỆP\n\
             {strange} phone(s) follow a key that this hub doesn't have: it was set back to an older state, or somebody \
             poses as the office. Plug in the USB stick and run: office-key replace --recovery FILE"
        );
    }
    Ok(followed)
}

/// Tells what it means, as it can't be taken back.
fn confirm(hub: &Hub, yes: bool) -> Result<(), HubError> {
    let Followed { silent, without_recovery, .. } = show(hub)?;
    eprintln!(
        "Điện thoại biết khóa mới khi đồng bộ. {silent} máy chưa báo theo khóa nào: ứng dụng cũ không theo được, hãy cập \
         nhật trước. {without_recovery} máy chưa biết khóa khôi phục: nếu thay khóa bằng tệp recovery.key, các máy đó phải \
         đăng ký lại. Sau khi đổi, hãy tạo bản sao lưu mới; bản cũ giữ khóa cũ.\n\
         Phones hear of a new key when they synchronise. {silent} phone(s) have named none: an older app follows none, \
         update it first. {without_recovery} phone(s) don't know the recovery key: if recovery.key replaces the key, these are \
         to be enrolled again. Make a new backup afterwards: older ones hold the key before."
    );
    if yes { Ok(()) } else { Err(HubError::NotConfirmed) }
}
