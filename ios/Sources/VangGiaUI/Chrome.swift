import Foundation
import VangGiaCore
import VangGiaModels

/// The fixed words around the core's texts; each is in `Resources/{vi,en}.lproj`.
public enum Chrome: String, CaseIterable, Sendable {
    case abandon, abandonAsk, account, add, addAnother, advice, back, cancel, carryOver, cases, chooseOne
    case clear, close, conflicts, denied, drafts, dueSoon, enrol, enrolAgain, enrolHint, facts, finish, finishReady
    case formMissing, forms, ground, guidance, heldBack, hideRestricted, hideRestrictedHint, history
    case households, invitation, invitationScan, keep, keepValue, locate
    case locateFailed, lock, members, membersOnly, moreRows, newPin, newPinAgain, next, noCamera, noPhoto
    case noRows, openCase, openCaseReason, outline, packs, people, photos, pin, pinChange, pinChanged
    case practise, practiseHint, practiseMade
    case pinForgotten, pinPresent, pinsDiffer, problems, recoverCode, recoverCodeHint, recoverRequest
    case recoverSend, remove, required, restrictCase, restrictCaseAsk, restricted, retake, review, reviewChanges
    case salvage, salvageHint, search
    case setAside, setAsideAsk, setAsideEnrol, setAsideHint, setAsideTitle
    case sync, syncStop, takePhoto, tasks, today, unlock, unsupported
    case waitSeconds, waiting, workers, workersAdd, workersChosen, workersHint, workersOther, working

    public func text(_ language: Language) -> String {
        Self.table(language).localizedString(forKey: rawValue, value: rawValue, table: nil)
    }

    /// The words of the app's own language, which may be another than the phone's.
    private static func table(_ language: Language) -> Bundle {
        let code = language == .vietnamese ? "vi" : "en"
        return Bundle.module.path(forResource: code, ofType: "lproj").flatMap(Bundle.init(path:)) ?? .module
    }
}

extension AppModel {
    func say(_ chrome: Chrome) -> String { chrome.text(language) }

    var locale: Locale { Locale(identifier: language == .vietnamese ? "vi_VN" : "en_GB") }
}
