import Foundation
import VangGiaCore
import VangGiaModels

/// The fixed words around the core's texts; each is in `Resources/{vi,en}.lproj`.
public enum Chrome: String, CaseIterable, Sendable {
    case abandon, abandonAsk, account, add, addAnother, advice, approved, back, call, cancel, carryOver, cases
    case chooseOne, chooseStep
    case clear, close, conflicts, denied, drafts, dueSoon, enrol, enrolAgain, enrolHint, facts, fillForm, finish
    case finishReady
    case formMissing, forms, ground, guidance, heldBack, hideRestricted, hideRestrictedHint, history
    case households, invitation, invitationScan, keep, keepValue, locate
    case locateFailed, lock, members, membersOnly, moreRows, newPin, newPinAgain, next, noCamera, noPhoto
    case noRows, openCase, openRecord, outline, overdue, packs, people, photos, pin, pinChange, pinChanged
    case practise, practiseHint, practiseMade
    case pinForgotten, pinPresent, pinsDiffer, printPaper, problems, reason, recoverCode, recoverCodeHint
    case recoverRequest, recoverSend
    case remove, required, restrictCase, restrictCaseAsk, restricted, retake, review, reviewChanges
    case salvage, salvageHint, search
    case setAside, setAsideAsk, setAsideEnrol, setAsideHint, setAsideTitle
    case stepLate, steps, sync, syncStop, takePhoto, tasks, timeline, today
    case undecided, undecidedHint, unlock, unmet, unsupported
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
