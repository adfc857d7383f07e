//! A person at the console.

use super::exchange::{Exchange, exchange};
use crate::world::Office;
use hub::secret;
use model::Role;
use std::sync::{Arc, LazyLock};
use testkit::{Link, Request};

pub const PASSWORD: &str = "mật khẩu thử";
/// Made once: it takes its time on purpose.
static HASH: LazyLock<String> = LazyLock::new(|| secret::hash_password(PASSWORD).unwrap());

pub const ROLES: [&str; 5] =
    ["collaborator", "commune_officer", "case_manager", "centre_head", "administrator"];
/// Who sees households and cases.
pub const READERS: &[&str] = &["collaborator", "commune_officer", "case_manager", "centre_head"];

pub struct Browser {
    link: Arc<dyn Link>,
    cookies: String,
}

impl Browser {
    /// A new user of the role, logged in; they see the whole country.
    pub fn of(office: &Office, login: &str, role: &str) -> Self {
        Self::with_place(office, login, role, "all")
    }

    /// A new user of the role, who works at a place.
    pub fn with_place(office: &Office, login: &str, role: &str, place: &str) -> Self {
        office.user_with(login, Role::new(role.to_owned()), place, &HASH);
        Self::log_in(office, login)
    }

    pub fn log_in(office: &Office, login: &str) -> Self {
        Self::with_password(office, login, PASSWORD)
    }

    pub fn with_password(office: &Office, login: &str, password: &str) -> Self {
        let answer = office.send(&form("/login", &[("login", login), ("password", password)]));
        assert_eq!(answer.status, 303, "{login}");
        let cookies = answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
        Self { link: office.link(), cookies }
    }

    /// Nobody who is logged in.
    pub fn stranger(office: &Office) -> Self {
        Self { link: office.link(), cookies: String::new() }
    }

    /// Reads English from now on.
    pub fn in_english(mut self) -> Self {
        self.cookies += "; lang=en";
        self
    }

    pub fn send(&self, request: &Request) -> Exchange {
        exchange(&*self.link, &request.clone().with("cookie", &self.cookies))
    }

    pub fn get(&self, path: &str) -> Exchange {
        self.send(&Request::new("GET", path))
    }

    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Exchange {
        self.send(&form(path, fields))
    }
}

/// A form as a browser sends it.
pub fn form(path: &str, fields: &[(&str, &str)]) -> Request {
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let pairs: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    let kind = "application/x-www-form-urlencoded";
    Request::new("POST", path).with("content-type", kind).body(pairs.join("&"))
}

/// Who is not logged in is sent to log in, other roles than these are refused, and so is another site's page.
pub fn for_roles_only(office: &Office, request: &Request, roles: &[&str]) {
    let stranger = Browser::stranger(office).send(request).answer;
    assert_eq!((stranger.status, stranger.header("location")), (303, Some("/login")));
    for role in ROLES {
        let browser = Browser::of(office, &format!("vai-tro-{role}"), role);
        if request.method == "POST" {
            let foreign = request.clone().with("origin", "http://elsewhere.example");
            assert_eq!(browser.send(&foreign).answer.status, 403, "{role} from elsewhere");
        }
        let status = browser.send(request).answer.status;
        assert_eq!(status != 403, roles.contains(&role), "{role}: {status}");
    }
}
