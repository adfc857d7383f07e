//! Published forms, and publishing one from a spreadsheet: all its problems are shown at once.

use crate::{
    Hub, HubError,
    console::{
        layout, menu,
        visitor::{Permission, Refusal, Visitor},
    },
    db,
    forms::{FormError, FormSource},
    office::forms::{Published, check, publish, withdraw as withdraw_form},
};
use axum::{
    Form,
    extract::{Multipart, State},
    response::Redirect,
};
use maud::{Markup, html};
use rulebook::Lang;
use serde::Deserialize;

pub async fn list(State(hub): State<Hub>, visitor: Visitor) -> Result<Markup, Refusal> {
    show(&hub, &visitor, &html! {}).await
}

async fn show(hub: &Hub, visitor: &Visitor, notice: &Markup) -> Result<Markup, Refusal> {
    visitor.require(Permission::SeeForms)?;
    let rows =
        hub.read(|_, read| Ok(db::forms::versions(read)?)).await.map_err(|error| visitor.failed(error))?;
    let lang = visitor.lang;
    let content = html! {
        (notice)
        @if rows.is_empty() { p.notice { (lang.pick("Chưa có biểu mẫu nào.", "No forms yet.")) } }
        @else { table {
            thead { tr {
                th scope="col" { (lang.pick("Biểu mẫu", "Form")) }
                th scope="col" { (lang.pick("Phiên bản", "Version")) }
                th scope="col" { (lang.pick("Công bố lúc", "Published")) }
            } }
            tbody { @for form in &rows { tr {
                td { (form.title) " " small { (form.id) } }
                td data-label=(lang.pick("Phiên bản", "Version")) {
                    (form.version)
                    @if form.newest { " · " strong { (lang.pick("đang dùng", "in use")) } }
                    @if let Some(day) = form.first_day.filter(|day| *day > hub.today()) {
                        " · " (lang.pick("dùng từ ngày", "in use from")) " " (layout::date(&day.to_string()))
                    }
                    @if let Some(at) = form.withdrawn_at {
                        " · " (lang.pick("đã rút", "withdrawn")) " " (layout::time(Some(at)))
                    }
                    @if form.newest && visitor.may(Permission::PublishForms) { (withdrawing(form, lang)) }
                }
                td data-label=(lang.pick("Công bố lúc", "Published")) { (layout::time(Some(form.published_at))) }
            } } }
        } }
        @if visitor.may(Permission::PublishForms) {
            h2 { (lang.pick("Công bố từ bảng tính", "Publish from a spreadsheet")) }
            form.narrow method="post" action="/forms" enctype="multipart/form-data" {
                label for="file" { (lang.pick("Tệp XLSForm (.xlsx, .xls, .ods)", "XLSForm file (.xlsx, .xls, .ods)")) }
                input #file type="file" name="file" required
                    accept=".xlsx,.xls,.ods";
                button { (lang.pick("Kiểm tra và công bố", "Check and publish")) }
            }
        }
    };
    Ok(menu::page(visitor, lang.pick("Biểu mẫu", "Forms"), &content))
}

/// A form is withdrawn as a whole: its button stands at the version in use.
fn withdrawing(version: &db::forms::Version, lang: Lang) -> Markup {
    html! { details {
        summary { (lang.pick("Rút biểu mẫu", "Withdraw the form")) }
        p { (lang.pick(
            "Không máy nào bắt đầu biểu mẫu này nữa. Phiếu đang điền vẫn hoàn tất được. Muốn dùng lại, hãy công bố \
             phiên bản mới.",
            "No phone starts this form any more. What was begun can be finished. To bring it back, publish a new \
             version.",
        )) }
        form method="post" action="/forms/withdraw" {
            input type="hidden" name="id" value=(version.id);
            button.quiet { (lang.pick("Rút", "Withdraw")) }
        }
    } }
}

#[derive(Deserialize)]
pub struct Withdrawn {
    id: String,
}

pub async fn withdraw(
    State(hub): State<Hub>,
    visitor: Visitor,
    Form(Withdrawn { id }): Form<Withdrawn>,
) -> Result<Redirect, Refusal> {
    visitor.require(Permission::PublishForms)?;
    let withdrawn = hub.write(move |_, tx| withdraw_form(tx, &id)).await;
    withdrawn.map(|()| Redirect::to("/forms")).map_err(|error| visitor.failed(error))
}

pub async fn upload(
    State(hub): State<Hub>,
    visitor: Visitor,
    mut body: Multipart,
) -> Result<Markup, Refusal> {
    visitor.require(Permission::PublishForms)?;
    let lang = visitor.lang;
    let unreadable = || bad(lang.pick("Không đọc được tệp gửi lên.", "The file could not be read."));
    let Ok(Some(field)) = body.next_field().await else { return show(&hub, &visitor, &unreadable()).await };
    let name = field.file_name().unwrap_or("data").to_owned();
    let Ok(bytes) = field.bytes().await else { return show(&hub, &visitor, &unreadable()).await };
    let checked = hub.read(move |hub, read| check(hub, read, &mut FormSource::upload(&bytes, &name)?));
    let published = async {
        let form = checked.await?;
        hub.write(move |hub, tx| {
            let published = publish(hub, tx, &form, None)?;
            Ok((form.title, form.version, published))
        })
        .await
    };
    let notice = match published.await {
        Ok((title, version, Published::New)) => html! { p.notice role="status" {
            (lang.pick("Đã công bố ", "Published ")) strong { (title) } " (" (version) ")."
        } },
        Ok((title, version, Published::Known)) => html! { p.notice role="status" {
            strong { (title) } " (" (version) ") "
            (lang.pick("đã được công bố với đúng nội dung này.", "was published with the same content before."))
        } },
        Err(HubError::Form(error)) => problems(&error, lang),
        Err(error) => return Err(visitor.failed(error)),
    };
    show(&hub, &visitor, &notice).await
}

fn bad(text: &str) -> Markup {
    html! { p.notice.bad role="alert" { (text) } }
}

fn problems(error: &FormError, lang: Lang) -> Markup {
    let heading = lang.pick("Biểu mẫu chưa được công bố:", "The form was not published:");
    html! {
        div.notice.bad role="alert" {
            p { (heading) }
            @if error.problems().is_empty() { p { (error) } }
            @else { ul { @for problem in error.problems() { li { (problem) } } } }
        }
    }
}
