//! What each code means for the person at the screen, and what to do.

use rulebook::{Lang, duration};

/// The text of a code, with the wait for a wrong PIN.
pub fn text(lang: Lang, code: &str, wait_seconds: u32) -> String {
    let known = find(code).unwrap_or((
        "Có lỗi ngoài dự kiến. Những gì đã lưu vẫn còn. Hãy thử lại; nếu vẫn lỗi, báo cho văn phòng mã lỗi này.",
        "Something unexpected went wrong. What was kept is still there. Try again; if it stays, tell the office this code.",
    ));
    let text = lang.pick(known.0, known.1);
    match (wait_seconds, lang) {
        (0, _) => text.to_owned(),
        (seconds, Lang::Vi) => format!("{text} Thử lại sau {}.", duration(lang, seconds.into())),
        (seconds, Lang::En) => format!("{text} Try again in {}.", duration(lang, seconds.into())),
    }
}

/// Why a newer version of a form has no place for an answer.
pub fn not_carried(lang: Lang, code: &str) -> &'static str {
    let (vietnamese, english) = match code {
        "xforms.not-carried.repeat-gone" => (
            "Phiên bản mới chỉ hỏi một mục, nên các mục sau không còn chỗ.",
            "The newer version asks for one entry only, so those after it have no place.",
        ),
        "xforms.not-carried.wrong-type" => {
            ("Phiên bản mới cần câu trả lời kiểu khác.", "The newer version needs an answer of another kind.")
        }
        "xforms.not-carried.choice-gone" => (
            "Lựa chọn này không còn trong phiên bản mới.",
            "The newer version does not offer this choice any more.",
        ),
        _ => ("Phiên bản mới không còn câu hỏi này.", "The newer version does not ask this any more."),
    };
    lang.pick(vietnamese, english)
}

/// Why this phone could not take a form that the office published, after the form's name.
pub fn refused_form(lang: Lang, code: &str) -> &'static str {
    let (vietnamese, english) = match code {
        "form.bad-name" => (
            "tên của biểu mẫu hoặc của một tệp trong đó không dùng được. Văn phòng cần sửa tên rồi công bố phiên bản mới.",
            "its name or that of one of its files can't be used. The office needs to rename it and publish a new version.",
        ),
        "form.too-large" => (
            "biểu mẫu quá lớn. Văn phòng cần rút gọn rồi công bố phiên bản mới.",
            "it is too large. The office needs to make it smaller and publish a new version.",
        ),
        code if code.starts_with("sync.") => (
            "một tệp không tải về được. Lần đồng bộ sau sẽ thử lại; nếu vẫn vậy, hãy báo văn phòng.",
            "one of its files did not come as it should. The next synchronisation tries again; if this stays, tell the office.",
        ),
        _ => (
            "ứng dụng này không đọc được. Hãy cập nhật ứng dụng; nếu vẫn vậy, báo văn phòng.",
            "this app can't read it. Update the app; if this stays, tell the office.",
        ),
    };
    lang.pick(vietnamese, english)
}

/// Why this phone works by an older pack than the office published, after the pack's name.
pub fn refused_pack(lang: Lang, code: &str) -> &'static str {
    let (vietnamese, english) = match code {
        "pack.needs" | "pack.unreadable" => (
            "cần cập nhật ứng dụng mới dùng được. Vẫn dùng bộ quy định đang có.",
            "the app needs an update to work by it. The rules that are here stay in use.",
        ),
        "pack.not-signed" | "pack.other-office" => (
            "không phải do văn phòng này ký nên không nhận. Vẫn dùng bộ quy định đang có; hãy báo văn phòng.",
            "this office did not sign it, so it was not taken. The rules that are here stay in use; tell the office.",
        ),
        "pack.replayed" | "pack.rolled-back" => (
            "máy chủ gửi bản khác hoặc cũ hơn bản đang có nên không nhận. Vẫn dùng bản đang có; hãy báo văn phòng.",
            "the hub sent another or an older one than is here, so it was not taken. The one that is here stays in use; tell the office.",
        ),
        "pack.too-large" => (
            "bộ quy định quá lớn. Văn phòng cần rút gọn rồi công bố bản mới; vẫn dùng bản đang có.",
            "it is too large. The office needs to make it smaller and publish it anew; the one that is here stays in use.",
        ),
        "pack.faulty" => (
            "có lỗi hoặc không khớp với quy định chung. Vẫn dùng bản đang có; hãy báo văn phòng.",
            "it has faults or doesn't fit the national rules. The one that is here stays in use; tell the office.",
        ),
        _ => (
            "một tệp không tải về được. Lần đồng bộ sau sẽ thử lại; vẫn dùng bản đang có.",
            "one of its files did not come as it should. The next synchronisation tries again; the one that is here stays in use.",
        ),
    };
    lang.pick(vietnamese, english)
}

/// Vietnamese and English.
pub fn find(code: &str) -> Option<(&'static str, &'static str)> {
    TEXTS.iter().find(|(known, _, _)| *known == code).map(|(_, vietnamese, english)| (*vietnamese, *english))
}

/// Why the hub keeps something of this phone apart or refused it, for the list of what is held back.
pub fn held_back(lang: Lang, code: &str) -> &'static str {
    let (vietnamese, english) = match code {
        "admission.scope" => (
            "Hộ hoặc ca này nằm ngoài địa bàn hay quyền của tài khoản; văn phòng cần xem lại phân công.",
            "This household or case is outside your places or rights; the office needs to look at your assignment.",
        ),
        "admission.move" => (
            "Hộ chuyển ra ngoài địa bàn; nơi nhận cần đồng ý thì hồ sơ mới chuyển đi.",
            "The household moves out of your places; it goes once the receiving side agrees.",
        ),
        "admission.commune-unknown" => (
            "Máy chủ chưa có xã, phường này trong danh mục; sẽ xét lại khi danh mục được cập nhật.",
            "The hub's list has no such commune yet; it is looked at again once the list is updated.",
        ),
        "permission.no-manager" => (
            "Không thực hiện được: hồ sơ bảo mật luôn phải có người quản lý. Giá trị cũ đã được khôi phục.",
            "Not done: a restricted case always has somebody who manages it. What stood before stands again.",
        ),
        code if code.starts_with("permission.") => (
            "Vai trò của tài khoản không được làm việc này nên không có hiệu lực; giá trị cũ đã được khôi phục, phần được phép vẫn gửi đi.",
            "Your role may not do this, so it has no effect; what stood before stands again, and the rest was sent.",
        ),
        "admission.form-unknown" => (
            "Văn phòng chưa có phiên bản này của biểu mẫu; sẽ tự nhận khi có.",
            "The office does not have this version of the form yet; it is taken up once it does.",
        ),
        code if code.starts_with("admission.") => (
            "Văn phòng đã giữ lại và chưa xếp được vào hồ sơ; sẽ tự xét lại.",
            "The office keeps it and could not file it yet; it will be looked at again.",
        ),
        "push.forked" => (
            "Có một bản sao của điện thoại này cũng đã gửi dữ liệu. Dữ liệu vẫn còn trên máy; hãy mang máy đến văn phòng.",
            "A copy of this phone has sent data too. What is here stays; bring the phone to the office.",
        ),
        "push.quota" => (
            "Văn phòng đang giữ quá nhiều phiếu của máy này chưa xếp được vào hồ sơ; phiếu này vẫn còn trên máy và sẽ gửi sau.",
            "The office holds too many forms of this phone that could not be filed; this one is still on the phone and goes up later.",
        ),
        "batch.newer" | "batch.unknown-suite" => (
            "Máy chủ của văn phòng cần cập nhật để nhận phần này; dữ liệu vẫn còn trên máy.",
            "The office's hub needs an update to take this; it is still on the phone.",
        ),
        code if code.contains("revoked") => (
            "Điện thoại này đã bị thu hồi quyền; dữ liệu được giữ riêng ở văn phòng.",
            "This phone was revoked; its data is kept apart at the office.",
        ),
        _ => (
            "Văn phòng không nhận thay đổi này; dữ liệu vẫn còn trên máy. Hãy báo văn phòng.",
            "The office did not take this change; it is still on the phone. Tell the office.",
        ),
    };
    lang.pick(vietnamese, english)
}

#[rustfmt::skip] // a table: one code, two texts
const TEXTS: &[(&str, &str, &str)] = &[
    // where the app stands
    ("app.not-enrolled", "Máy này chưa được ghi danh. Hãy quét mã mời do văn phòng cấp.", "This phone is not enrolled. Scan the invitation from the office."),
    ("app.already-enrolled", "Máy đang mở cho một cán bộ. Hãy khóa lại rồi ghi danh người khác.", "The phone is open for a worker. Lock it, then enrol somebody else."),
    ("app.not-damaged", "Dữ liệu trên máy không bị hỏng. Hãy mở khóa như thường.", "The data on this phone is not damaged. Unlock it as usual."),
    ("app.nothing-salvaged", "Không đọc lại được gì của dữ liệu trên máy. Đừng xóa ứng dụng; hãy báo văn phòng. Muốn làm việc tiếp thì để riêng dữ liệu này và ghi danh lại.", "Nothing of the data on this phone can be read any more. Don't remove the app, and tell the office. To go on working, put this data aside and enrol again."),
    ("store.salvaged", "Dữ liệu trên máy từng bị hỏng; những gì đọc được đã lấy lại. Hãy xin văn phòng mã mời mới và ghi danh lại; những gì chưa gửi vẫn còn.", "The data on this phone was damaged; what could be read was kept. Ask the office for a new invitation and enrol again; what is unsent stays."),
    ("app.unlocked", "Máy đang mở. Đổi mã PIN trong phần tài khoản.", "The phone is open. Change the PIN in the account page."),
    ("app.code-mistyped", "Mã gõ chưa đúng. Hãy so lại từng nhóm với văn phòng.", "The code was mistyped. Compare each group with the office."),
    ("store.wrong-recovery-code", "Mã này không khớp với yêu cầu đang hiện trên máy. Hãy đọc lại yêu cầu cho văn phòng và xin mã mới.", "This code does not fit what the phone shows now. Read the request to the office again and ask for a new code."),
    ("app.not-an-invitation", "Mã này không phải mã mời của Vãng Gia. Hãy quét lại mã do văn phòng cấp.", "This is no invitation of Vãng Gia. Scan the code from the office again."),
    ("app.pin-too-short", "Mã PIN cần ít nhất 6 chữ số và chỉ gồm chữ số.", "A PIN needs at least 6 digits, and nothing but digits."),
    ("app.locked", "Ứng dụng đang khóa. Hãy nhập mã PIN.", "The app is locked. Enter the PIN."),
    ("app.paused", "Ứng dụng đang tạm nghỉ. Hãy mở lại màn hình rồi thử lại.", "The app is paused. Bring it to the front and try again."),
    ("app.busy", "Đang mở khóa hoặc ghi danh. Hãy đợi một chút.", "Unlocking or enrolling is under way. Wait a moment."),
    ("app.folder", "Không ghi được vào bộ nhớ máy. Hãy giải phóng bộ nhớ rồi thử lại.", "The phone's storage can't be written. Free some space and try again."),
    // forms and records
    ("app.draft-closed", "Phiếu này đã hoàn tất, đã xóa hoặc đang đóng. Hãy mở lại từ màn hình Hôm nay.", "This form is finished, thrown away or closed. Open it again from Today."),
    ("app.draft-is-newest", "Phiếu này đã dùng phiên bản mới nhất.", "This form is of the newest version already."),
    ("app.draft-other-scope", "Phiên bản mới dành cho loại hồ sơ khác, nên phiếu này giữ phiên bản cũ.", "The newer version is for another kind of record, so this form stays as it is."),
    ("app.bad-id", "Không tìm thấy mục này. Hãy quay lại và chọn lại.", "There is no such item. Go back and choose again."),
    ("app.record-needed", "Biểu mẫu này điền cho một hồ sơ đã có. Hãy mở hồ sơ đó rồi chọn biểu mẫu.", "This form is about a record that is there already. Open that record and choose the form there."),
    ("app.form-not-here", "Biểu mẫu này không dùng cho hồ sơ đang mở. Hãy chọn biểu mẫu khác.", "This form is not for the record that is open. Choose another form."),
    ("app.bad-date", "Ngày hoặc giờ chưa đúng. Hãy chọn lại.", "The date or time is not right. Choose it again."),
    ("app.few-points", "Cần ít nhất ba điểm để khép thành một khu đất.", "A piece of land needs at least three points."),
    ("app.bad-location", "Vị trí chưa đúng. Hãy lấy lại vị trí.", "The position is not right. Take it again."),
    ("app.not-a-photo", "Câu hỏi này không nhận ảnh.", "This question takes no photo."),
    ("app.photo-by-take-photo", "Ảnh chỉ được thêm bằng máy ảnh hoặc bộ sưu tập trong ứng dụng.", "A photo can only be added with the camera or gallery inside the app."),
    ("app.photo-not-here", "Ảnh này chưa có trên máy; xem được ở văn phòng.", "This photo is not on this phone; it can be seen at the office."),
    ("app.photo-damaged", "Tệp ảnh trên máy bị hỏng. Hãy chụp lại nếu có thể.", "The photo's file on this phone is damaged. Take it again if you can."),
    ("app.no-conflict", "Mục này vừa được thay đổi. Hãy xem lại trang rồi chọn lại.", "This was changed meanwhile. Look at the page again, then choose."),
    ("app.reason-needed", "Hãy ghi lý do mở ca.", "Write why the case is opened."),
    ("rulebook.tables", "Bảng quy tắc của ứng dụng bị hỏng. Hãy cài lại ứng dụng; dữ liệu vẫn còn.", "The app's own tables are damaged. Install the app again; the data stays."),
    ("app.internal", "Có lỗi trong ứng dụng. Những gì đã lưu vẫn còn. Hãy thử lại và báo văn phòng nếu lặp lại.", "The app has a fault. What was kept is still there. Try again, and tell the office if it comes back."),
    // steps of a workflow
    ("step.not-allowed", "Việc này không làm được lúc này: hồ sơ đã sang bước khác, hoặc vai trò của bạn không được làm. Hãy mở lại trang.", "This can't be done now: the case stands elsewhere, or your role may not. Open the page again."),
    ("step.reason-needed", "Cần ghi lý do.", "A reason is needed."),
    ("step.choose-one", "Hãy chọn một bước.", "Choose one of the steps."),
    ("step.unmet", "Chưa đủ điều kiện làm việc này.", "Something must be done before this."),
    // the phone's storage
    ("store.wrong-pin", "Mã PIN không đúng.", "The PIN is wrong."),
    ("store.must-wait", "Nhập sai mã PIN quá nhiều lần.", "Too many wrong PINs."),
    ("store.weak-pin", "Mã PIN cần ít nhất 6 chữ số và chỉ gồm chữ số.", "A PIN needs at least 6 digits, and nothing but digits."),
    ("store.foreign-key", "Dữ liệu này thuộc về một điện thoại khác nên không mở được ở đây. Hãy ghi danh máy này.", "This data belongs to another phone and can't be opened here. Enrol this phone."),
    ("permission.add", "Vai trò của bạn không được thêm loại hồ sơ này. Hãy nhờ người quản lý trường hợp.", "Your role may not add such a record. Ask a case manager."),
    ("permission.change", "Vai trò của bạn không được sửa mục này. Hãy nhờ người quản lý trường hợp.", "Your role may not change this. Ask a case manager."),
    ("permission.remove", "Vai trò của bạn không được gỡ bỏ hồ sơ này. Hãy nhờ cán bộ phụ trách.", "Your role may not take this out. Ask the officer in charge."),
    ("permission.move", "Vai trò của bạn không được chuyển hồ sơ sang nơi khác. Hãy nhờ cán bộ phụ trách.", "Your role may not move this elsewhere. Ask the officer in charge."),
    ("permission.assign", "Vai trò của bạn không được đổi người được xem hồ sơ này. Hãy nhờ người quản lý trường hợp.", "Your role may not change who reads this case. Ask a case manager."),
    ("permission.open", "Điều này chỉ được ghi trong trường hợp bảo mật. Hãy chuyển trường hợp thành bảo mật, hoặc dùng phiếu mở trường hợp bảo mật.", "Only a restricted case may say this. Restrict the case, or use a form that opens a restricted one."),
    ("permission.restrict", "Vai trò của bạn không được đổi mức bảo mật của hồ sơ. Hồ sơ đã bảo mật thì không mở lại.", "Your role may not change how confidential this is. What is restricted is not opened up again."),
    ("permission.see", "Vai trò của bạn không được xem mục này.", "Your role may not see this."),
    ("store.hardware-key-lost", "Khóa an toàn của máy đã mất (thường do đặt lại khóa màn hình). Hãy bấm “Quên mã PIN” để xin văn phòng mã mở lại; dữ liệu vẫn còn.", "The phone's secure key is gone (often after resetting the screen lock). Tap “Forgotten PIN” and ask the office for a code that opens it again; all data stays."),
    ("store.hardware-key-unavailable", "Máy chưa cho dùng khóa an toàn. Hãy mở khóa màn hình rồi thử lại.", "The phone's secure key can't be used yet. Unlock the screen and try again."),
    ("store.key-file-damaged", "Tệp khóa bị hỏng nên không mở được dữ liệu trên máy. Đừng xóa ứng dụng; hãy báo văn phòng. Muốn làm việc tiếp thì để riêng dữ liệu này và ghi danh lại.", "The key file is damaged, so the data on this phone can't be opened. Don't remove the app, and tell the office. To go on working, put this data aside and enrol again."),
    ("store.damaged", "Dữ liệu trên máy bị hỏng. Đừng xóa ứng dụng; hãy bấm “Lấy lại dữ liệu”, phần không đọc được vẫn cất nguyên trên máy.", "The data on this phone is damaged. Don't remove the app; tap “Save what can be read”, the rest is put away on the phone as it is."),
    ("store.newer-schema", "Dữ liệu do bản mới hơn của ứng dụng tạo ra. Hãy cập nhật ứng dụng.", "The data was made by a newer version of the app. Update the app."),
    ("store.full", "Bộ nhớ máy đã đầy. Những gì đã lưu vẫn còn. Hãy giải phóng bộ nhớ rồi thử lại.", "The phone's storage is full. What was kept is still there. Free some space and try again."),
    ("store.closed", "Ứng dụng vừa tạm nghỉ hoặc khóa. Hãy mở lại rồi thử lại.", "The app was just paused or locked. Open it again and try again."),
    ("store.busy", "Dữ liệu đang được dùng. Hãy thử lại sau giây lát.", "The data is in use. Try again in a moment."),
    ("store.restricted-locked", "Hồ sơ bảo mật đang ẩn. Khóa ứng dụng rồi nhập mã PIN để xem lại.", "Restricted cases are hidden. Lock the app and enter the PIN to see them again."),
    ("store.stays-here", "Hồ sơ tập luyện chỉ ở trên máy này: không đổi thành hồ sơ thật được, và hồ sơ thật không nhắc đến nó được. Hãy làm việc này với hồ sơ thật.", "What is for practice stays on this phone: it never becomes a real record, and no real record may name it. Do this with a real record."),
    ("store.not-found", "Không tìm thấy mục này trên máy. Hãy đồng bộ rồi thử lại.", "This is not on the phone. Synchronise and try again."),
    ("store.form-mismatch", "Tệp biểu mẫu không đúng bản đã công bố. Hãy đồng bộ lại.", "The form's file is not the published one. Synchronise again."),
    ("store.other-hub", "Máy chủ trả lời không phải máy chủ của văn phòng. Không tiếp tục; hãy báo văn phòng.", "The answer came from another hub than the office's. Don't go on; tell the office."),
    ("store.rewound", "Dữ liệu của máy này đã quay lại bản cũ. Hãy xin văn phòng mã mời mới và ghi danh lại; những gì chưa gửi vẫn còn.", "This phone's data went back to an older state. Ask the office for a new invitation and enrol again; what is unsent stays."),
    ("store.database", "Cơ sở dữ liệu trên máy báo lỗi. Hãy khởi động lại máy; nếu vẫn lỗi, báo văn phòng.", "The phone's database reports an error. Restart the phone; if it stays, tell the office."),
    ("store.file", "Không đọc hoặc ghi được tệp trên máy. Hãy khởi động lại máy; nếu vẫn lỗi, báo văn phòng.", "A file on the phone can't be read or written. Restart the phone; if it stays, tell the office."),
    ("store.unreadable", "Một mục đã lưu không đọc được. Hãy cập nhật ứng dụng; nếu vẫn lỗi, báo văn phòng.", "Something kept here can't be read. Update the app; if it stays, tell the office."),
    ("store.no-randomness", "Máy chưa tạo được khóa an toàn. Hãy khởi động lại máy.", "The phone gives no secure random numbers. Restart the phone."),
    // changes and keys
    ("batch.newer", "Dữ liệu đến từ bản mới hơn của ứng dụng. Hãy cập nhật ứng dụng.", "The data comes from a newer version of the app. Update the app."),
    ("batch.unknown-suite", "Dữ liệu đến từ bản mới hơn của ứng dụng. Hãy cập nhật ứng dụng.", "The data comes from a newer version of the app. Update the app."),
    ("batch.packing", "Dữ liệu gửi hoặc nhận bị hỏng trên đường. Hãy đồng bộ lại; nếu vẫn lỗi, báo văn phòng.", "What was sent or received is damaged. Synchronise again; if it stays, tell the office."),
    ("batch.truncated", "Dữ liệu gửi hoặc nhận bị hỏng trên đường. Hãy đồng bộ lại; nếu vẫn lỗi, báo văn phòng.", "What was sent or received is damaged. Synchronise again; if it stays, tell the office."),
    ("batch.trailing", "Dữ liệu gửi hoặc nhận bị hỏng trên đường. Hãy đồng bộ lại; nếu vẫn lỗi, báo văn phòng.", "What was sent or received is damaged. Synchronise again; if it stays, tell the office."),
    ("batch.long-integer", "Dữ liệu gửi hoặc nhận bị hỏng trên đường. Hãy đồng bộ lại; nếu vẫn lỗi, báo văn phòng.", "What was sent or received is damaged. Synchronise again; if it stays, tell the office."),
    ("batch.unknown-flag", "Dữ liệu gửi hoặc nhận bị hỏng trên đường. Hãy đồng bộ lại; nếu vẫn lỗi, báo văn phòng.", "What was sent or received is damaged. Synchronise again; if it stays, tell the office."),
    ("batch.no-such-entry", "Dữ liệu gửi hoặc nhận bị hỏng trên đường. Hãy đồng bộ lại; nếu vẫn lỗi, báo văn phòng.", "What was sent or received is damaged. Synchronise again; if it stays, tell the office."),
    ("batch.unused", "Dữ liệu gửi hoặc nhận bị hỏng trên đường. Hãy đồng bộ lại; nếu vẫn lỗi, báo văn phòng.", "What was sent or received is damaged. Synchronise again; if it stays, tell the office."),
    ("batch.not-text", "Dữ liệu gửi hoặc nhận bị hỏng trên đường. Hãy đồng bộ lại; nếu vẫn lỗi, báo văn phòng.", "What was sent or received is damaged. Synchronise again; if it stays, tell the office."),
    ("batch.order", "Dữ liệu gửi hoặc nhận bị hỏng trên đường. Hãy đồng bộ lại; nếu vẫn lỗi, báo văn phòng.", "What was sent or received is damaged. Synchronise again; if it stays, tell the office."),
    ("batch.sequence", "Dữ liệu gửi hoặc nhận bị hỏng trên đường. Hãy đồng bộ lại; nếu vẫn lỗi, báo văn phòng.", "What was sent or received is damaged. Synchronise again; if it stays, tell the office."),
    ("batch.wrong-hidden", "Dữ liệu gửi hoặc nhận bị hỏng trên đường. Hãy đồng bộ lại; nếu vẫn lỗi, báo văn phòng.", "What was sent or received is damaged. Synchronise again; if it stays, tell the office."),
    ("batch.seed-beside-hidden", "Dữ liệu gửi hoặc nhận bị hỏng trên đường. Hãy đồng bộ lại; nếu vẫn lỗi, báo văn phòng.", "What was sent or received is damaged. Synchronise again; if it stays, tell the office."),
    ("batch.other-batch", "Dữ liệu gửi hoặc nhận bị hỏng trên đường. Hãy đồng bộ lại; nếu vẫn lỗi, báo văn phòng.", "What was sent or received is damaged. Synchronise again; if it stays, tell the office."),
    ("batch.too-large", "Phiếu này lớn hơn mức gửi được. Phiếu nháp vẫn còn; hãy tách thành nhiều phiếu hoặc báo văn phòng.", "This form is larger than can be sent. The draft is still there; split it into several, or tell the office."),
    ("batch.not-json", "Có lỗi trong ứng dụng khi lưu. Phiếu nháp vẫn còn; hãy báo văn phòng mã lỗi này.", "The app could not keep this. The draft is still there; tell the office this code."),
    ("batch.empty", "Có lỗi trong ứng dụng khi lưu. Phiếu nháp vẫn còn; hãy báo văn phòng mã lỗi này.", "The app could not keep this. The draft is still there; tell the office this code."),
    ("batch.no-name", "Có lỗi trong ứng dụng khi lưu. Phiếu nháp vẫn còn; hãy báo văn phòng mã lỗi này.", "The app could not keep this. The draft is still there; tell the office this code."),
    ("batch.wrong-office", "Có dữ liệu không đúng người ký nên không được nhận. Hãy báo văn phòng.", "Something was not signed by who it says, so it was not taken. Tell the office."),
    ("batch.wrong-device", "Có dữ liệu không đúng người ký nên không được nhận. Hãy báo văn phòng.", "Something was not signed by who it says, so it was not taken. Tell the office."),
    ("batch.wrong-author", "Có dữ liệu không đúng người ký nên không được nhận. Hãy báo văn phòng.", "Something was not signed by who it says, so it was not taken. Tell the office."),
    ("batch.wrong-signature", "Có dữ liệu không đúng người ký nên không được nhận. Hãy báo văn phòng.", "Something was not signed by who it says, so it was not taken. Tell the office."),
    ("batch.gap", "Chuỗi hồ sơ của máy này không nối tiếp với văn phòng. Dữ liệu vẫn còn trên máy; hãy báo văn phòng.", "This phone's records do not go on from those at the office. They are still on the phone; tell the office."),
    ("batch.broken-chain", "Chuỗi hồ sơ của máy này không nối tiếp với văn phòng. Dữ liệu vẫn còn trên máy; hãy báo văn phòng.", "This phone's records do not go on from those at the office. They are still on the phone; tell the office."),
    ("batch.names-restricted", "Phiếu này nhắc đến hồ sơ bảo mật ở chỗ cả xã đọc được nên chưa lưu. Phiếu nháp vẫn còn; hãy bỏ phần đó hoặc báo văn phòng.", "This form names a restricted case where the whole commune can read it, so it was not kept. The draft is still there; take that out, or tell the office."),
    ("batch.key-not-canonical", "Khóa ký của máy không dùng được. Hãy mang máy đến văn phòng.", "The phone's signing key can't be used. Bring the phone to the office."),
    ("batch.key-small-order", "Khóa ký của máy không dùng được. Hãy mang máy đến văn phòng.", "The phone's signing key can't be used. Bring the phone to the office."),
    ("key.damaged", "Khóa ký của máy không dùng được. Hãy mang máy đến văn phòng.", "The phone's signing key can't be used. Bring the phone to the office."),
    ("batch.no-randomness", "Máy chưa tạo được khóa an toàn. Hãy khởi động lại máy.", "The phone gives no secure random numbers. Restart the phone."),
    ("key.no-randomness", "Máy chưa tạo được khóa an toàn. Hãy khởi động lại máy.", "The phone gives no secure random numbers. Restart the phone."),
    // photos
    ("photo.not-a-picture", "Tệp này không phải ảnh. Hãy chọn tệp khác hoặc chụp lại.", "This file is not a picture. Choose another one or take it again."),
    ("photo.unsupported", "Loại ảnh này chưa đọc được. Hãy dùng ảnh JPEG hoặc PNG.", "Pictures of this kind can't be read. Use JPEG or PNG."),
    ("photo.cut", "Ảnh bị cắt mất phần cuối. Hãy chép lại hoặc chụp lại.", "The end of the picture is missing. Copy it again or take it again."),
    ("photo.damaged", "Ảnh bị hỏng. Hãy chép lại hoặc chụp lại.", "The picture is damaged. Copy it again or take it again."),
    ("photo.too-large", "Ảnh quá lớn so với bộ nhớ của máy. Hãy chụp ở cỡ nhỏ hơn.", "The picture is too large for the phone's memory. Take it smaller."),
    ("photo.encoding", "Chưa lưu được ảnh. Hãy đóng bớt ứng dụng rồi thử lại.", "The picture could not be saved. Close other apps and try again."),
    ("photo.no-randomness", "Máy chưa tạo được khóa an toàn. Hãy khởi động lại máy.", "The phone gives no secure random numbers. Restart the phone."),
    // synchronisation and enrolment
    ("sync.unreachable", "Không kết nối được máy chủ của văn phòng. Hãy thử lại nơi có mạng.", "The office's hub can't be reached. Try again where there is a network."),
    ("sync.cut", "Mạng bị ngắt giữa chừng. Phần đã gửi vẫn còn; lần sau gửi tiếp từ đó.", "The connection broke. What went through stays; the next time goes on from there."),
    ("sync.timeout", "Máy chủ trả lời quá chậm. Hãy thử lại khi mạng tốt hơn.", "The hub took too long. Try again on a better network."),
    ("sync.certificate-date", "Giấy chứng nhận của máy chủ không hợp lệ vào ngày này. Hãy kiểm tra ngày giờ của máy; nếu đúng, báo văn phòng.", "The hub's certificate is not valid on this date. Check the phone's date and time; if they are right, tell the office."),
    ("sync.unusable-address", "Địa chỉ máy chủ không dùng được. Hãy xin văn phòng mã mời mới.", "The hub's address can't be used. Ask the office for a new invitation."),
    ("sync.wrong-hub", "Máy chủ trả lời không phải máy chủ của văn phòng. Không tiếp tục; hãy báo văn phòng.", "Another hub answers at the office's address. Don't go on; tell the office."),
    ("sync.unauthorised", "Máy chủ không nhận ra điện thoại này. Hãy xin văn phòng mã mời mới và ghi danh lại; những gì chưa gửi vẫn còn.", "The hub does not know this phone. Ask the office for a new invitation and enrol again; what is unsent stays."),
    ("sync.revoked", "Văn phòng đã thu hồi quyền của điện thoại này. Hãy liên hệ văn phòng; có mã mời mới thì ghi danh lại được, những gì chưa gửi vẫn còn.", "The office has revoked this phone. Contact the office; with a new invitation it can be enrolled again, and what is unsent stays."),
    ("sync.forked", "Dữ liệu của máy này đã bị chép hoặc quay lại bản cũ, nên không gửi tiếp được dưới tên cũ. Hãy xin văn phòng mã mời mới và ghi danh lại; những gì chưa gửi vẫn còn.", "This phone's data was copied or went back to an older state, so nothing more can be sent in its old name. Ask the office for a new invitation and enrol again; what is unsent stays."),
    ("enrol.user-disabled", "Tài khoản này đã bị khóa. Hãy liên hệ văn phòng.", "This account is disabled. Ask the office."),
    ("enrol.other-worker", "Mã mời này dành cho người khác; mã chưa bị dùng. Hãy xin văn phòng mã mời cho đúng cán bộ của máy này.", "This invitation is for somebody else; it was not used up. Ask the office for one for this phone's worker."),
    ("store.other-worker", "Mã mời này dành cho người khác. Dữ liệu trên máy vẫn còn; hãy xin văn phòng mã mời cho đúng cán bộ của máy này.", "This invitation was for somebody else. What is on the phone stays; ask the office for one for this phone's worker."),
    ("sync.version", "Ứng dụng và máy chủ khác phiên bản. Hãy cập nhật ứng dụng.", "App and hub are of different versions. Update the app."),
    ("sync.too-large", "Một mục lớn hơn mức máy chủ nhận. Hãy báo văn phòng.", "Something is larger than the hub takes. Tell the office."),
    ("sync.hub-full", "Máy chủ của văn phòng đã đầy. Không mất dữ liệu; hãy thử lại sau.", "The office's hub is full. Nothing was lost; try again later."),
    ("sync.hub-problem", "Máy chủ của văn phòng đang có lỗi. Hãy thử lại sau; nếu vẫn lỗi, báo văn phòng.", "The office's hub has a problem. Try again later; if it stays, tell the office."),
    ("sync.bad-answer", "Không hiểu được trả lời của máy chủ. Hãy cập nhật ứng dụng hoặc báo văn phòng.", "The hub's answer can't be understood. Update the app or tell the office."),
    ("enrol.bad-certificate", "Giấy chứng nhận máy chủ cấp cho máy này không đúng. Hãy xin văn phòng mã mời mới.", "The hub's certificate for this phone is not right. Ask the office for a new invitation."),
    ("sync.damaged-file", "Một tệp biểu mẫu tải về bị hỏng. Hãy đồng bộ lại.", "A form's file arrived damaged. Synchronise again."),
    ("sync.refused", "Máy chủ không nhận một thay đổi của máy này; phần còn lại đã xong. Hãy báo văn phòng.", "The hub refuses a change of this phone; the rest was done. Tell the office."),
    ("sync.gap", "Máy chủ thiếu thay đổi cũ mà máy này không còn giữ. Hãy xin văn phòng mã mời mới và ghi danh lại; những gì chưa gửi vẫn còn.", "The hub lacks older changes that this phone no longer keeps. Ask the office for a new invitation and enrol again; what is unsent stays."),
    ("sync.behind", "Máy chủ còn hồ sơ mà máy này chưa nhận được; phần còn lại đã xong. Hãy đồng bộ lại; nếu vẫn vậy, báo văn phòng.", "The hub has records that this phone did not get; the rest was done. Synchronise again; if it stays, tell the office."),
    ("sync.strange-key", "Máy chủ báo khóa mới của cơ quan nhưng không chứng minh được khóa đó là của cơ quan, nên máy không nhận và vẫn dùng khóa cũ. Việc của bạn vẫn còn nguyên. Hãy báo văn phòng.", "The hub named a new key of the office and could not prove it, so the phone did not take it and keeps the old one. Your work is all there. Tell the office."),
    ("sync.forged", "Có thay đổi tải về không đúng người ký nên không được nhận. Hãy báo văn phòng.", "A change came down that was not made by who it says; it was not taken. Tell the office."),
    ("sync.photo-unreadable", "Không đọc được một tệp ảnh trên máy; phần còn lại đã xong.", "A photo's file on this phone can't be read; the rest was done."),
    ("sync.photo-unknown", "Máy chủ chưa nhận hồ sơ nào có ảnh này nên chưa lấy ảnh; phần còn lại đã xong. Ảnh vẫn còn trên máy; hãy báo văn phòng.", "The hub has received no record with one of the photos, so it did not take it; the rest was done. The photo stays on the phone; tell the office."),
    ("sync.photo-quota", "Hôm nay máy chủ không nhận thêm ảnh của máy này; phần còn lại đã xong. Ảnh vẫn còn trên máy; hãy đồng bộ lại vào ngày mai, nếu vẫn vậy thì báo văn phòng.", "The hub takes no more photos of this phone today; the rest was done. The photos stay on the phone; synchronise again tomorrow, and tell the office if it stays."),
    ("sync.quota", "Văn phòng đang giữ quá nhiều phiếu của máy này chưa xếp được vào hồ sơ nên chưa nhận thêm. Phiếu chưa gửi vẫn còn trên máy; hãy báo văn phòng.", "The office holds so many forms of this phone that could not be filed that it takes no more for now. What is not sent yet stays on the phone; tell the office."),
    ("sync.cancelled", "Đã dừng đồng bộ. Phần đã gửi vẫn còn; lần sau làm tiếp từ đó.", "Synchronisation was stopped. What went through stays; the next time goes on from there."),
    ("enrol.code-unknown", "Máy chủ không biết mã mời này. Hãy xin văn phòng mã mới.", "The hub does not know this invitation. Ask the office for a new one."),
    ("enrol.code-used", "Mã mời này đã được dùng. Hãy xin văn phòng mã mới.", "This invitation was used already. Ask the office for a new one."),
    ("enrol.code-expired", "Mã mời này đã hết hạn. Hãy xin văn phòng mã mới.", "This invitation has expired. Ask the office for a new one."),
    // what a finished form changes
    ("print.no-page", "Mẫu in này không dùng cho trang này, hoặc không còn hiệu lực. Hãy xem lại trang.", "This paper isn't of this page, or no longer holds. Look at the page again."),
    ("print.page", "Mẫu in có lỗi nên chưa in được. Hãy báo văn phòng, kèm mã này.", "The paper has an error, so it can't be printed. Tell the office, with this code."),
    ("print.too-large", "Nội dung quá dài để in thành một văn bản. Hãy in ở văn phòng.", "There is too much for one paper. Print it at the office."),
    ("casework.mapping", "Bảng hồ sơ của biểu mẫu này có lỗi nên chưa dùng được. Hãy báo văn phòng.", "This form's table of records has errors, so it can't be used yet. Tell the office."),
    ("casework.not-an-id", "Phiếu này chỉ đến một hồ sơ không hợp lệ. Phiếu nháp vẫn còn; hãy báo văn phòng.", "This form points at a record that can't be. The draft is still there; tell the office."),
    ("casework.photo-missing", "Phiếu có ảnh không còn trên máy. Hãy chụp lại ảnh rồi hoàn tất.", "The form names a photo that is not on the phone. Take it again, then finish."),
    ("casework.started-elsewhere", "Phiếu này không gắn với hồ sơ mà biểu mẫu cần. Phiếu nháp vẫn còn; hãy báo văn phòng.", "The form was not started at the record that it needs. The draft is still there; tell the office."),
    ("casework.other-form", "Phiếu này không khớp với biểu mẫu. Phiếu nháp vẫn còn; hãy báo văn phòng.", "The answers do not fit the form. The draft is still there; tell the office."),
    // forms
    ("xforms.invalid-form", "Biểu mẫu này có lỗi nên không mở được. Hãy báo văn phòng.", "This form has errors and can't be opened. Tell the office."),
    ("xforms.unknown-path", "Câu hỏi này không còn ở trang này. Hãy mở lại trang.", "This question is no longer there. Open the page again."),
    ("xforms.not-a-question", "Mục này không nhận câu trả lời.", "This takes no answer."),
    ("xforms.read-only", "Câu này chỉ để đọc.", "This can only be read."),
    ("xforms.not-relevant", "Câu hỏi này không cần trả lời nữa. Hãy mở lại trang.", "This question is not asked any more. Open the page again."),
    ("xforms.wrong-type", "Câu trả lời không đúng kiểu (chữ, số hoặc ngày). Hãy nhập lại.", "The answer is of the wrong kind (text, number or date). Enter it again."),
    ("xforms.not-a-choice", "Câu trả lời không có trong danh sách. Hãy chọn lại.", "The answer is not among the choices. Choose again."),
    ("xforms.repeat-is-fixed", "Không thể thêm hoặc bớt ở đây.", "Nothing can be added or removed here."),
    ("xforms.not-xml", "Phiếu nháp này không đọc được. Hãy báo văn phòng.", "This draft can't be read. Tell the office."),
    ("xforms.too-deep", "Phiếu nháp này không đọc được. Hãy báo văn phòng.", "This draft can't be read. Tell the office."),
    ("xforms.too-large", "Phiếu nháp này quá lớn nên không đọc được. Hãy báo văn phòng.", "This draft is too large to be read. Tell the office."),
    ("xforms.other-form", "Phiếu nháp này thuộc biểu mẫu khác. Hãy báo văn phòng.", "This draft belongs to another form. Tell the office."),
    ("xforms.too-many-instances", "Danh sách trong phiếu dài quá mức cho phép.", "A list in the form is longer than it may be."),
    ("xforms.no-such-page", "Trang này không còn nữa. Hãy chọn trang khác.", "This page is no longer there. Choose another one."),
    ("xforms.no-such-language", "Biểu mẫu này không có ngôn ngữ đó.", "The form does not have that lang."),
];

#[cfg(test)]
mod tests;
