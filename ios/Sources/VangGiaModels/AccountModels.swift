import Foundation
import Observation
import VangGiaCore

/// For who forgot the PIN, or whose phone lost its key: the request for the office, its code, a new PIN.
@MainActor
@Observable
public final class RecoverModel {
    public private(set) var request: RecoveryRequest?
    public var code = ""
    public var newPin = NewPin()
    public private(set) var isBusy = false
    public private(set) var notice: Notice?

    private let app: AppModel

    public init(app: AppModel) { self.app = app }

    /// Line by line, as it is read to somebody on the phone.
    public var lines: [String] {
        let groups = request?.request.split(separator: "-") ?? []
        return stride(from: 0, to: groups.count, by: 4).map { start in
            groups[start..<min(start + 4, groups.count)].joined(separator: " ")
        }
    }

    public var canRecover: Bool { !isBusy && request != nil && !code.isEmpty && newPin.isReady }

    public func load() async {
        do {
            request = try await app.core.run { try $0.access().recoveryRequest() }
        } catch {
            notice = Notice(error)
        }
    }

    public func recover() async {
        guard canRecover else { return }
        isBusy = true
        notice = nil
        defer { isBusy = false }
        let (code, pin) = (code, newPin.pin)
        do {
            let worker = try await app.core.run { try $0.access().recover(code: code, newPin: pin) }
            self.code = ""
            newPin = NewPin()
            await app.entered(worker)
        } catch {
            notice = Notice(error)
        }
    }
}

/// The present PIN, as the phone may lie open on a table, and a new one.
@MainActor
@Observable
public final class ChangePinModel {
    public var present = ""
    public var newPin = NewPin()
    public private(set) var isBusy = false
    public private(set) var isChanged = false
    public private(set) var notice: Notice?

    private let app: AppModel

    public init(app: AppModel) { self.app = app }

    public var canChange: Bool { !isBusy && !present.isEmpty && newPin.isReady }

    public func change() async {
        guard canChange else { return }
        isBusy = true
        (notice, isChanged) = (nil, false)
        defer { isBusy = false }
        let (present, pin) = (present, newPin.pin)
        self.present = ""
        do {
            try await app.core.run { try $0.access().changePin(pin: present, newPin: pin) }
            newPin = NewPin()
            isChanged = true
        } catch {
            notice = Notice(error)
        }
    }
}

/// For a phone that can't go on with its office: a new invitation, and all that is here stays.
@MainActor
@Observable
public final class EnrolAgainModel {
    public var invitation = ""
    public private(set) var carried: CarriedOverView?
    public private(set) var isBusy = false
    public private(set) var notice: Notice?

    private let app: AppModel

    public init(app: AppModel) { self.app = app }

    public var canEnrol: Bool { !isBusy && !invitation.isEmpty }

    public func enrol() async {
        guard canEnrol else { return }
        isBusy = true
        notice = nil
        defer { isBusy = false }
        let invitation = invitation.trimmingCharacters(in: .whitespacesAndNewlines)
        do {
            carried = try await app.core.run { try $0.access().enrolAgain(invitation: invitation) }
            self.invitation = ""
        } catch {
            notice = Notice(error)
        }
    }
}

/// For damaged data: by the PIN, what can be read goes on.
@MainActor
@Observable
public final class SalvageModel {
    public var pin = ""
    public private(set) var salvaged: SalvagedView?
    public private(set) var isBusy = false
    public private(set) var notice: Notice?

    private let app: AppModel

    public init(app: AppModel) { self.app = app }

    public func salvage() async {
        guard !isBusy && !pin.isEmpty else { return }
        isBusy = true
        notice = nil
        defer { isBusy = false }
        let pin = pin
        self.pin = ""
        do {
            salvaged = try await app.core.run { try $0.access().salvage(pin: pin) }
        } catch {
            notice = Notice(error)
        }
    }
}

/// Takes restricted cases out of sight, for the while in which somebody else looks at the phone.
@MainActor
@Observable
public final class HideModel {
    public private(set) var notice: Notice?

    private let app: AppModel

    public init(app: AppModel) { self.app = app }

    public func hide() async {
        do {
            try await app.hideRestricted()
            notice = nil
        } catch {
            notice = Notice(error)
        }
    }
}

/// Makes a household to practise with, which never leaves the phone.
@MainActor
@Observable
public final class PractiseModel {
    public private(set) var isMade = false
    public private(set) var notice: Notice?

    private let app: AppModel

    public init(app: AppModel) { self.app = app }

    public func make() async {
        do {
            _ = try await app.core.run { try $0.households().practise() }
            (isMade, notice) = (true, nil)
            app.changed()
        } catch {
            notice = Notice(error)
        }
    }
}

/// For data that nothing opens any more: it stays on the phone as it is, for the office, and the phone is enrolled anew.
@MainActor
@Observable
public final class SetAsideModel {
    public private(set) var isBusy = false
    public private(set) var notice: Notice?

    private let app: AppModel

    public init(app: AppModel) { self.app = app }

    public func setAside() async {
        guard !isBusy else { return }
        isBusy = true
        notice = nil
        defer { isBusy = false }
        do {
            try await app.setAside()
        } catch {
            notice = Notice(error)
        }
    }
}
