import Foundation
import VangGiaCore
import VangGiaModels

/// The fixed words around the core's texts; each is in `Resources/{vi,en}.lproj`.
public enum Chrome: String, CaseIterable, Sendable {
    case abandon, abandonAsk, account, add, addAnother, advice, back, cancel, carryOver, cases, chooseOne, clear, close
    case conflicts, denied, drafts, enrol, enrolAgain, enrolHint, facts, finish, finishReady, forms, goals, guidance, heldBack
    case households, invitation, invitationScan, keep, locate, locateFailed, lock, members, membersOnly, moreRows
    case newPin, newPinAgain, next, noCamera, noPhoto, noRows, openCase, openCaseReason, outline, people, photos, pin
    case pinChange, pinChanged, pinForgotten, pinPresent, pinsDiffer, problems
    case recoverCode, recoverCodeHint, recoverRequest, recoverSend, remove, required, restrictCase, restrictCaseAsk, restricted, retake, search
    case setAside, sync, syncStop, takePhoto
    case tasks, today, unlock, unsupported, visits, visitsDue, waitSeconds, waiting, workers, workersAdd
    case workersChosen, workersHint, workersOther, working

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
