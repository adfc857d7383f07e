import Foundation
import Testing
import VangGiaCore
import VangGiaModels

/// Who may use a phone: several workers, a forgotten PIN, a lost key, an office that forgot the phone.
@Suite(.serialized) @MainActor struct AccessTests {
    @Test func twoWorkersChooseWhoseTurnItIs() async throws {
        let hub = try Hub()
        try hub.add("minh", name: "Vũ Văn Minh")
        try hub.serve()
        let phone = try await Phone(enrolledAt: hub)
        let app = phone.app
        await app.lock()
        let alone = UnlockModel(app: app)
        await alone.load()
        #expect(alone.chosen == nil && alone.workers.map(\.name) == ["Nguyễn Thị Lan"])

        try await phone.enrol(hub, login: "minh", pin: "915482")
        #expect(app.worker?.name == "Vũ Văn Minh")
        await app.lock()
        let unlock = UnlockModel(app: app)
        await unlock.load()
        #expect(unlock.chosen?.name == "Vũ Văn Minh" && unlock.workers.count == 2)
        unlock.pin = "9"
        await unlock.choose(try #require(unlock.workers.first { !$0.isChosen }))
        #expect(unlock.chosen?.name == "Nguyễn Thị Lan" && unlock.pin.isEmpty && unlock.notice == nil)
        unlock.pin = Phone.pin
        await unlock.unlock()
        #expect(app.status == .unlocked && app.worker?.name == "Nguyễn Thị Lan")
    }

    @Test func theOfficeOpensAPhoneAgain() async throws {
        let hub = try Hub()
        try hub.serve()
        let phone = try await Phone(enrolledAt: hub)
        let app = phone.app
        await app.lock()
        let recover = RecoverModel(app: app)
        await recover.load()
        let request = try #require(recover.request)
        #expect(request.lost == .pin && !request.text.isEmpty && !recover.canRecover)
        #expect(recover.lines.count == 4 && recover.lines.joined(separator: " ").split(separator: " ").count == 14)
        (recover.code, recover.newPin) = ("AAAA-AAAA-AAAA-AAAA-AAAA", NewPin("975310", again: "975310"))
        await recover.recover()
        #expect(recover.notice?.code == "app.code-mistyped" && app.status == .locked)
        // Gone to the phone for the code: the screen stays as it is.
        app.pause()
        #expect(app.status == .locked)
        recover.code = try hub.recover(request.request).lowercased()
        await recover.recover()
        #expect(recover.notice == nil && app.status == .unlocked && app.worker?.name == "Nguyễn Thị Lan")
        #expect(recover.code.isEmpty && recover.newPin == NewPin())

        await app.lock()
        phone.keys.lose()
        let unlock = UnlockModel(app: app)
        unlock.pin = "975310"
        await unlock.unlock()
        #expect(unlock.notice?.code == "store.hardware-key-lost")
        let lost = RecoverModel(app: app)
        await lost.load()
        #expect(lost.request?.lost == .hardwareKey)
        (lost.code, lost.newPin) = (try hub.recover(lost.request?.request ?? ""), NewPin("975310", again: "975310"))
        await lost.recover()
        #expect(lost.notice == nil && app.status == .unlocked)

        // The new key holds, and who knows the PIN may change it.
        let change = ChangePinModel(app: app)
        (change.present, change.newPin) = ("000000", NewPin("864200", again: "864200"))
        await change.change()
        #expect(change.notice?.code == "store.wrong-pin" && !change.isChanged && change.present.isEmpty)
        let wait = Int(change.notice?.waitSeconds ?? 0)
        try await Task.sleep(for: .seconds(min(wait, 10)) + .milliseconds(50))
        change.present = "975310"
        await change.change()
        #expect(change.notice == nil && change.isChanged && change.newPin == NewPin())
        await app.lock()
        unlock.pin = "864200"
        await unlock.unlock()
        #expect(app.status == .unlocked)
    }

    @Test func anOfficeFromAnOldBackupEnrolsAgain() async throws {
        let hub = try Hub()
        let backup = try hub.backup()
        try hub.add("minh", name: "Vũ Văn Minh")
        try hub.serve()
        let phone = try await Phone(enrolledAt: hub)
        let app = phone.app
        let sync = SyncModel(app: app)
        await sync.sync()
        #expect(sync.summary?.code == "ok")
        try hub.restore(backup)
        await sync.sync()
        let today = TodayModel(core: app.core)
        await today.load()
        let why = try #require(today.today?.sync.enrolAgain, "\(String(describing: sync.summary))")
        #expect(!why.text.isEmpty && why.code == sync.summary?.code)

        let again = EnrolAgainModel(app: app)
        again.invitation = "vanggia:1;broken"
        await again.enrol()
        #expect(again.notice != nil && again.carried == nil && !again.invitation.isEmpty)
        again.invitation = try hub.invite()
        await again.enrol()
        #expect(again.notice == nil && again.carried?.text.isEmpty == false)
        await sync.sync()
        await today.load()
        #expect(sync.summary?.code == "ok" && today.today?.sync.enrolAgain == nil)
    }

    @Test func whatCanBeReadOfDamagedDataGoesOn() async throws {
        let hub = try Hub()
        try hub.serve()
        let phone = try await Phone(enrolledAt: hub)
        let app = phone.app
        await SyncModel(app: app).sync()
        await app.lock()
        let salvage = SalvageModel(app: app)
        salvage.pin = Phone.pin
        await salvage.salvage()
        #expect(salvage.notice?.code == "app.not-damaged" && salvage.salvaged == nil && salvage.pin.isEmpty)
        try phone.damage()
        salvage.pin = Phone.pin
        await salvage.salvage()
        #expect(salvage.notice == nil && salvage.salvaged?.isWhole == true, "\(String(describing: salvage.notice))")
        await app.refresh()
        #expect(app.status == .unlocked)
        let today = TodayModel(core: app.core)
        await today.load()
        #expect(today.today?.sync.enrolAgain?.code == "store.salvaged")
    }

    @Test func restrictedCasesAreOutOfSightUntilThePin() async throws {
        let hub = try Hub()
        try hub.serve()
        let phone = try await Phone(enrolledAt: hub)
        let app = phone.app
        let sync = SyncModel(app: app)
        await sync.sync()
        let visit = try await FormModel.start("vang_gia", app: app)
        try await fill(ModelDriver(visit), with: try Visit(picture: try Visit.cameraPicture()))
        await visit.finish()
        let household = HouseholdModel(core: app.core, id: try #require(visit.finished?.householdId))
        let restricted = CaseModel(
            core: app.core, id: try #require(await household.openCase(reason: "Cần hỗ trợ sinh kế")))
        await restricted.restrict()
        #expect(restricted.details?.restricted == true)
        let report = try await FormModel.start("tiep_nhan_tre_em", app: app)
        let today = TodayModel(core: app.core)
        await today.load()
        #expect(today.today?.drafts.count == 1 && today.today?.openCases.count == 1)
        #expect(today.today?.worker.restrictedHidden == nil)

        let (generation, revision) = (app.generation, app.revision)
        let hide = HideModel(app: app)
        await hide.hide()
        #expect(hide.notice == nil && app.generation == generation + 1 && app.revision > revision)
        let told = try #require(app.worker?.restrictedHidden)
        #expect(told.hasPrefix("Hồ sơ bảo mật đang ẩn"))
        await today.load()
        #expect(today.today?.worker.restrictedHidden == told, "\(String(describing: today.notice))")
        #expect(today.today?.drafts.isEmpty == true && today.today?.openCases.isEmpty == true)
        await restricted.load()
        #expect(restricted.notice?.code == "store.restricted-locked")
        await report.next()
        #expect(report.notice?.code == "app.draft-closed")
        await #expect {
            try await FormModel.start("tiep_nhan_tre_em", app: app)
        } throws: {
            Notice($0).code == "store.restricted-locked" && Notice($0).text == told
        }
        await sync.sync()
        #expect(sync.summary?.code == "ok" && sync.summary?.text.hasPrefix("Chưa đồng bộ hết") == true)
        await today.load()
        let waits = try #require(today.today?.sync.changesWaiting)
        #expect(waits > 0 && today.today?.sync.notices.map(\.code) == ["sync.restricted-hidden"])

        await app.lock()
        let unlock = UnlockModel(app: app)
        unlock.pin = Phone.pin
        await unlock.unlock()
        #expect(app.worker?.name == "Nguyễn Thị Lan" && app.worker?.restrictedHidden == nil)
        await today.load()
        #expect(today.today?.drafts.count == 1 && today.today?.openCases.count == 1)
        await sync.sync()
        await today.load()
        #expect(sync.summary?.changesSent == UInt64(waits) && today.today?.sync.changesWaiting == 0)
    }

    @Test func whatNothingOpensAnyMoreIsPutAside() async throws {
        let hub = try Hub()
        try hub.add("minh", name: "Vũ Văn Minh")
        try hub.serve()
        let phone = try await Phone(enrolledAt: hub)
        let app = phone.app
        await SyncModel(app: app).sync()
        await app.lock()
        try phone.ruin("store.db", keeping: 16)
        let unlock = UnlockModel(app: app)
        unlock.pin = Phone.pin
        await unlock.unlock()
        #expect(unlock.notice?.code == "store.damaged" && unlock.notice?.opensNoMore == false)
        let salvage = SalvageModel(app: app)
        salvage.pin = Phone.pin
        await salvage.salvage()
        #expect(salvage.notice?.opensNoMore == true && salvage.notice?.code == "app.nothing-salvaged")
        let generation = app.generation
        let aside = SetAsideModel(app: app)
        await aside.setAside()
        #expect(aside.notice == nil && app.status == .notEnrolled && app.generation == generation + 1)
        await aside.setAside()
        #expect(aside.notice?.code == "app.not-enrolled")

        try await phone.enrol(hub)
        await app.lock()
        try await phone.enrol(hub, login: "minh", pin: "915482")
        await app.lock()
        try phone.ruin("keys.json", "keys.copy")
        unlock.pin = "915482"
        await unlock.unlock()
        #expect(unlock.notice?.code == "store.key-file-damaged" && unlock.notice?.opensNoMore == true)
        let recover = RecoverModel(app: app)
        await recover.load()
        #expect(recover.request == nil && recover.notice?.opensNoMore == true)
        await aside.setAside()
        #expect(aside.notice == nil && app.status == .locked)
        await unlock.load()
        #expect(unlock.workers.map(\.name) == ["Nguyễn Thị Lan"])
        await aside.setAside()
        #expect(app.status == .notEnrolled)
    }

    @Test func whatTheOfficeHoldsBackSaysWhy() async throws {
        let hub = try Hub()
        try hub.serve()
        let phone = try await Phone(enrolledAt: hub)
        let app = phone.app
        let sync = SyncModel(app: app)
        await sync.sync()
        let form = try await FormModel.start("vang_gia", app: app)
        try await fill(ModelDriver(form), with: try Visit(picture: try Visit.cameraPicture()))
        await form.finish()
        #expect(form.finished != nil)
        try hub.move(to: "00004")
        await sync.sync()
        let today = TodayModel(core: app.core)
        await today.load()
        let held = try #require(today.today?.sync.heldBack.first, "\(String(describing: sync.summary))")
        #expect(held.code == "admission.scope" && !held.isDenied && held.text.contains("nằm ngoài địa bàn"))
        #expect(HeldBackRow(code: "permission.denied", kind: "case", id: "0", text: "").isDenied)
    }
}
