//! Enrolment: what came back is checked, and each refusal has its code.

use sync::{LinkError, Request, Response, SyncError, Transport, Upload, enrol};
use testkit::{Link, Office, new_key};
use wire::{
    enrol::{EnrolRequest, EnrolResponse},
    error::{ErrorBody, code},
};

struct Answers<F>(F);

impl<F: FnMut(EnrolRequest) -> Response> Transport for Answers<F> {
    fn send(&mut self, request: &Request) -> Result<Response, LinkError> {
        assert_eq!(request.path, wire::paths::ENROL);
        Ok((self.0)(serde_json::from_slice(&request.body).unwrap()))
    }

    fn upload(&mut self, request: &Request, _: Upload<'_>) -> Result<Response, LinkError> {
        panic!("{request:?}")
    }
}

fn request() -> EnrolRequest {
    EnrolRequest::new("K7QM-2FXD", &new_key(), "Máy thử", "0.1")
}

/// What an office answers that invited somebody with this code.
fn answer(asked: &EnrolRequest) -> EnrolResponse {
    let office = Office::new();
    office.invite(Office::worker("Thử", "all"), &asked.code);
    office.send(&testkit::Request::message(wire::paths::ENROL, asked)).json()
}

fn ok(answer: &EnrolResponse) -> Response {
    Response { status: 200, headers: vec![], body: serde_json::to_vec(answer).unwrap(), cut: None }
}

#[test]
fn a_phone_becomes_a_device_with_its_own_key() {
    let request = request();
    let mut transport = Answers(|asked: EnrolRequest| {
        assert_eq!((asked.code.as_str(), asked.device_name.as_str()), ("K7QM-2FXD", "Máy thử"));
        ok(&answer(&asked))
    });
    let enrolled = enrol(&request, &mut transport).unwrap();
    assert_eq!(enrolled.certificate.verify(&enrolled.office_key).unwrap().key, request.device_key);
}

#[test]
fn what_does_not_fit_is_refused() {
    type Spoil = fn(&mut EnrolResponse);
    let spoils: [Spoil; 4] = [
        |answer| answer.office_key = new_key().public(),
        |answer| answer.device = model::DeviceId::new(),
        |answer| answer.office = model::OfficeId::new(),
        |answer| answer.worker.user = model::UserId::new(),
    ];
    for spoil in spoils {
        let mut transport = Answers(|asked: EnrolRequest| {
            let mut answer = answer(&asked);
            spoil(&mut answer);
            ok(&answer)
        });
        let refused = enrol(&request(), &mut transport);
        assert_eq!(refused.unwrap_err(), SyncError::BadCertificate);
    }
    let mut for_another_key =
        Answers(|asked: EnrolRequest| ok(&answer(&EnrolRequest::new(&asked.code, &new_key(), "", ""))));
    let refused = enrol(&request(), &mut for_another_key);
    assert_eq!(refused.unwrap_err(), SyncError::BadCertificate);
}

#[test]
fn each_refused_code_says_why() {
    for (wire, ours) in [
        (code::CODE_UNKNOWN, SyncError::CodeUnknown),
        (code::CODE_USED, SyncError::CodeUsed),
        (code::CODE_EXPIRED, SyncError::CodeExpired),
        (code::USER_DISABLED, SyncError::UserDisabled),
        (code::OTHER_WORKER, SyncError::OtherWorker),
    ] {
        let mut transport = Answers(|_| {
            let body =
                ErrorBody { v: 1, code: wire.into(), message_vi: String::new(), message_en: String::new() };
            Response { status: 410, headers: vec![], body: serde_json::to_vec(&body).unwrap(), cut: None }
        });
        let refused = enrol(&request(), &mut transport).unwrap_err();
        assert_eq!(refused, ours);
        assert_eq!(refused.code(), wire);
    }
}

/// Something between phone and hub says no: that is no word of the hub's.
#[test]
fn a_strangers_no_does_not_end_this_phone() {
    let mut proxy =
        Answers(|_| Response { status: 403, headers: vec![], body: b"<html>".to_vec(), cut: None });
    assert_eq!(enrol(&request(), &mut proxy).unwrap_err(), SyncError::Hub { status: 403 });
}
