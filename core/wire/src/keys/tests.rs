use super::*;
use model::DeviceKey;
use ring::rand::SystemRandom;

fn key() -> DeviceKey {
    DeviceKey::from_pkcs8(&DeviceKey::generate(&SystemRandom::new()).unwrap()).unwrap()
}

struct Scene {
    office: OfficeId,
    keys: [DeviceKey; 4],
    recovery: DeviceKey,
}

impl Scene {
    fn new() -> Self {
        Self { office: OfficeId::new(), keys: [key(), key(), key(), key()], recovery: key() }
    }

    fn pinned(&self) -> Pinned {
        Pinned { office: self.office, key: self.keys[0].public(), past: Past::default() }
    }

    fn change(&self, from: usize, to: usize) -> KeyChange {
        let [from, to, serial] = [from, to, to].map(|n| n as u64);
        let public = |n: u64| self.keys[usize::try_from(n).unwrap()].public();
        KeyChange { v: 1, office: self.office, serial, from: public(from), to: public(to), at: 10 * serial }
    }

    fn changed(&self, from: usize, to: usize) -> Step {
        Step::Changed(Signed::issue(&self.change(from, to), &self.keys[from]).unwrap())
    }

    fn replaced(&self, to: usize, at: u64, by: &DeviceKey) -> Step {
        let to =
            KeyReplacement { v: 1, office: self.office, serial: to as u64, to: self.keys[to].public(), at };
        Step::Replaced(Signed::issue(&to, by).unwrap())
    }

    fn signer(&self, by: usize, key: &DeviceKey, replaced_at: u64) -> Step {
        let signer = RecoverySigner { v: 1, office: self.office, key: key.public(), replaced_at };
        Step::Recovery(Signed::issue(&signer, &self.keys[by]).unwrap())
    }
}

/// As it travels.
fn sent(step: &Step) -> Step {
    serde_json::from_str(&serde_json::to_string(step).unwrap()).unwrap()
}

#[test]
fn a_phone_walks_from_its_key_to_the_newest_and_never_back() {
    let scene = Scene::new();
    let mut pinned = scene.pinned();
    let (first, second) = (scene.changed(0, 1), scene.changed(1, 2));
    assert_eq!(pinned.clone().take(&second), Err(BadStep::NotSigned), "a step is missing");
    assert_eq!(pinned.take(&sent(&first)), Ok(true));
    assert_eq!(pinned.take(&sent(&second)), Ok(true));
    assert_eq!(pinned.key, scene.keys[2].public());
    let there = pinned.clone();
    for old in [&first, &second] {
        assert_eq!(pinned.take(old), Ok(false));
    }
    // The key before hands over once more.
    let mut back = scene.change(1, 3);
    for serial in [1, 3] {
        back.serial = serial;
        let taken = pinned.take(&Step::Changed(Signed::issue(&back, &scene.keys[1]).unwrap()));
        assert_ne!(taken, Ok(true), "{serial}");
    }
    assert_eq!(pinned, there);
}

#[test]
fn what_neither_key_signed_changes_nothing() {
    let scene = Scene::new();
    let mut pinned = scene.pinned();
    pinned.take(&scene.signer(0, &scene.recovery, 0)).unwrap();
    let before = pinned.clone();
    let other = Scene::new();
    let foreign = KeyChange { office: other.office, ..scene.change(0, 1) };
    let from_other = KeyChange { from: scene.keys[3].public(), ..scene.change(0, 1) };
    let change = |said: &KeyChange, by: &DeviceKey| Step::Changed(Signed::issue(said, by).unwrap());
    let Step::Replaced(replacement) = scene.replaced(1, 5, &scene.recovery) else { unreachable!() };
    let text = serde_json::to_string(&replacement).unwrap();
    let altered = text.replace("\"at\":5", "\"at\":6");
    let wrong = [
        (change(&scene.change(0, 1), &scene.keys[1]), BadStep::NotSigned),
        (change(&scene.change(0, 1), &scene.recovery), BadStep::NotSigned),
        (change(&foreign, &scene.keys[0]), BadStep::OtherOffice),
        (change(&from_other, &scene.keys[0]), BadStep::NotSigned),
        (scene.replaced(1, 5, &scene.keys[0]), BadStep::NotSigned),
        (scene.replaced(1, 5, &key()), BadStep::NotSigned),
        (Step::Replaced(serde_json::from_str(&altered).unwrap()), BadStep::NotSigned),
        (other.replaced(1, 5, &scene.recovery), BadStep::OtherOffice),
        (scene.signer(0, &key(), 0), BadStep::OtherRecovery),
        (scene.signer(1, &scene.recovery, 0), BadStep::NotSigned),
        (Step::Changed(serde_json::from_str("[7]").unwrap()), BadStep::Unreadable),
    ];
    for (step, why) in wrong {
        assert_eq!(pinned.take(&step), Err(why), "{step:?}");
        assert_eq!(pinned, before);
    }
    // Who does not know the recovery key yet follows none of its.
    assert_eq!(scene.pinned().take(&scene.replaced(1, 5, &scene.recovery)), Err(BadStep::NotSigned));
}

#[test]
fn the_recovery_key_wins_over_whoever_stole_the_offices() {
    let scene = Scene::new();
    let mut pinned = scene.pinned();
    pinned.take(&scene.signer(0, &scene.recovery, 0)).unwrap();
    // A thief hands over to a key of theirs, with the highest number.
    let theirs = KeyChange { serial: u64::MAX, ..scene.change(0, 3) };
    pinned.take(&Step::Changed(Signed::issue(&theirs, &scene.keys[0]).unwrap())).unwrap();
    assert_eq!(pinned.key, scene.keys[3].public());
    assert_eq!(pinned.take(&scene.replaced(1, 50, &scene.recovery)), Ok(true));
    assert_eq!(pinned.key, scene.keys[1].public());
    // And so it stays: the stolen keys and the replacement before it lead nowhere.
    for by in [0, 3] {
        let theirs = KeyChange { serial: 9, from: scene.keys[1].public(), ..scene.change(by, 2) };
        let step = Step::Changed(Signed::issue(&theirs, &scene.keys[by]).unwrap());
        assert_eq!(pinned.take(&step), Err(BadStep::NotSigned));
    }
    assert_eq!(pinned.take(&scene.changed(1, 2)), Ok(true), "numbers go on from the replacement");
    assert_eq!(pinned.take(&scene.replaced(1, 50, &scene.recovery)), Ok(false));
    assert_eq!(pinned.key, scene.keys[2].public());
    // A phone that was enrolled since is told from when on replacements count.
    let mut new = Pinned { key: scene.keys[2].public(), ..scene.pinned() };
    new.take(&scene.signer(2, &scene.recovery, 50)).unwrap();
    assert_eq!(new.take(&scene.replaced(1, 50, &scene.recovery)), Ok(false));
    assert_eq!(new.key, scene.keys[2].public());
}

#[test]
fn what_is_signed_anew_says_what_it_said() {
    let scene = Scene::new();
    let [before, now, ..] = &scene.keys;
    let signed = Signed::issue(&scene.change(0, 1), before).unwrap();
    let anew = signed.anew(now).unwrap();
    assert_eq!(anew.verify(&now.public()), signed.verify(&before.public()));
    assert_eq!(anew.verify(&before.public()), Err(BadStatement::NotSigned));
    assert!(anew.says_the_same(&signed));
    assert!(!anew.says_the_same(&Signed::issue(&scene.change(0, 2), now).unwrap()));
}
