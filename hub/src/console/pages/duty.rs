//! How a user is reached while on duty, and when they are away.

use crate::{
    Hub, HubError,
    console::{
        menu,
        visitor::{Refusal, Visitor},
    },
    db::users::{self, Reached, User},
    office::duty,
};
use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};
use chrono::NaiveDate;
use maud::{Markup, html};
use model::UserId;
use rulebook::Lang;
use serde::Deserialize;
use uuid::Uuid;

/// As it was typed.
#[derive(Deserialize, Default)]
pub struct Typed {
    #[serde(default)]
    phone: String,
    #[serde(default)]
    away_from: String,
    #[serde(default)]
    away_until: String,
}

impl Typed {
    fn of(reached: &Reached) -> Self {
        let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
        let (from, until) = reached.away.unzip();
        let phone = reached.phone.as_ref().map(|phone| phone.0.clone()).unwrap_or_default();
        Self { phone, away_from: day(from), away_until: day(until) }
    }

    fn read(&self, lang: Lang) -> Result<Reached, &'static str> {
        let phone = match self.phone.trim() {
            "" => None,
            typed => Some(duty::phone(typed).ok_or(
                lang.pick("Số điện thoại gồm 3 đến 15 chữ số.", "A telephone number has 3 to 15 digits."),
            )?),
        };
        let days = (self.away_from.trim(), self.away_until.trim());
        let away = match days {
            ("", "") => None,
            (from, until) => {
                let read = |day: &str| day.parse::<NaiveDate>().ok();
                Some(read(from).zip(read(until)).ok_or(lang.pick(
                    "Ghi cả ngày đầu và ngày cuối của kỳ nghỉ, hoặc để trống cả hai.",
                    "Give the first and the last day of the leave, or neither.",
                ))?)
            }
        };
        Ok(Reached { phone, away })
    }
}

async fn found(hub: &Hub, visitor: &Visitor, id: Uuid) -> Result<User, Refusal> {
    let by = visitor.user.clone();
    let user = hub.read(move |hub, read| {
        let user = users::by_id(read, UserId(id))?.ok_or(HubError::NotFound)?;
        if duty::may_set(hub, &by, &user) { Ok(user) } else { Err(HubError::NotFound) }
    });
    user.await.map_err(|error| visitor.failed(error))
}

pub async fn page(State(hub): State<Hub>, visitor: Visitor, Path(id): Path<Uuid>) -> Result<Markup, Refusal> {
    let user = found(&hub, &visitor, id).await?;
    Ok(show(&visitor, &user, &Typed::of(&user.reached), None))
}

fn show(visitor: &Visitor, user: &User, typed: &Typed, wrong: Option<&str>) -> Markup {
    let lang = visitor.lang;
    let content = html! {
        p.place { (user.name.0) }
        @if let Some(wrong) = wrong { p.notice.bad role="alert" { (wrong) } }
        form.narrow method="post" action=(visitor.path) {
            label for="phone" { (lang.pick("Số điện thoại khi trực", "Telephone while on duty")) }
            input #phone type="tel" name="phone" value=(typed.phone) autocomplete="off";
            p { small { (lang.pick(
                "Hiện trên điện thoại của người cùng nơi phụ trách khi chưa ai nhận một tin khẩn cấp, cả khi không có mạng. Chỉ số của người được đánh dấu trực mới được gửi đi.",
                "Shown on the phones of those who answer for the same places while nobody has taken on an emergency, without a network too. Only numbers of users who are marked as on duty are sent.",
            )) } }
            label for="away_from" { (lang.pick("Nghỉ từ ngày", "Away from")) }
            input #away_from type="date" name="away_from" value=(typed.away_from);
            label for="away_until" { (lang.pick("đến hết ngày", "to and with")) }
            input #away_until type="date" name="away_until" value=(typed.away_until);
            p { small { (lang.pick(
                "Trong những ngày này, tin khẩn cấp được báo cho người khác cùng vai trò nếu có; trường hợp đang mở nên được bàn giao.",
                "On these days alarms call others of the same role, if there are any; open cases should be handed over.",
            )) } }
            button { (lang.pick("Lưu", "Save")) }
        }
    };
    menu::page(visitor, lang.pick("Trực và nghỉ", "Duty and leave"), &content)
}

pub async fn save(
    State(hub): State<Hub>,
    visitor: Visitor,
    Path(id): Path<Uuid>,
    Form(typed): Form<Typed>,
) -> Result<Response, Refusal> {
    let user = found(&hub, &visitor, id).await?;
    let reached = match typed.read(visitor.lang) {
        Ok(reached) => reached,
        Err(wrong) => return Ok(show(&visitor, &user, &typed, Some(wrong)).into_response()),
    };
    let (by, of) = (visitor.user.id, user.id);
    match hub.write(move |hub, tx| duty::set(hub, tx, Some(by), of, &reached)).await {
        Ok(()) => {}
        Err(HubError::Input(_)) => {
            let wrong = visitor.lang.pick(
                "Kỳ nghỉ phải kết thúc sau khi bắt đầu, và không quá một năm.",
                "A leave ends after it begins, and lasts a year at most.",
            );
            return Ok(show(&visitor, &user, &typed, Some(wrong)).into_response());
        }
        Err(error) => return Err(visitor.failed(error)),
    }
    let back = if by == of { "/mine".to_owned() } else { format!("/work?worker={of}") };
    Ok(Redirect::to(&back).into_response())
}
