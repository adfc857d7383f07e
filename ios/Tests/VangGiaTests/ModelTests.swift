import Foundation
import Observation
import Testing
import VangGiaCore
import VangGiaModels

/// The screens' models over the real core and a real hub.
@Suite(.serialized) @MainActor struct ModelTests {
    @Test func entryFromInvitationToPinAndBack() async throws {
        let phone = try Phone()
        let app = phone.app
        await app.refresh()
        #expect(app.status == .notEnrolled)

        let enrol = EnrolModel(app: app)
        (enrol.invitation, enrol.newPin) = ("vanggia:1;broken", NewPin("135790", again: "135791"))
        #expect(enrol.newPin.differ && !enrol.canEnrol)
        enrol.newPin.again = "135790"
        app.pause()
        #expect(app.status == .notEnrolled, "what was typed stays on the screen")
        await enrol.enrol()
        let refused = try #require(enrol.notice)
        #expect(!refused.text.isEmpty && app.status == .notEnrolled)
        #expect(enrol.invitation == "vanggia:1;broken")

        let hub = try Hub()
        try hub.serve()
        enrol.invitation = try hub.invite() + "\n"
        await enrol.enrol()
        #expect(enrol.notice == nil && app.status == .unlocked && app.worker?.name == "Nguyễn Thị Lan")
        #expect(enrol.newPin == NewPin() && enrol.invitation.isEmpty)

        app.pause()
        #expect(app.status == .paused)
        await app.resume()
        #expect(app.status == .unlocked)

        await app.lock()
        #expect(app.status == .locked && app.worker == nil)
        let unlock = UnlockModel(app: app)
        unlock.pin = "999999"
        await unlock.unlock()
        #expect(unlock.notice?.code == "store.wrong-pin" && app.status == .locked && unlock.pin.isEmpty)
        if let seconds = unlock.secondsLeft() {
            unlock.pin = "135790"
            #expect(!unlock.canUnlock())
            #expect(unlock.canUnlock(at: Date(timeIntervalSinceNow: Double(seconds) + 1)))
            try await Task.sleep(for: .seconds(min(seconds, 10)) + .milliseconds(50))
        }
        unlock.pin = "135790"
        await unlock.unlock()
        #expect(unlock.notice == nil && app.status == .unlocked)
    }

    @Test func aVisitOnTheScreens() async throws {
        let hub = try Hub()
        try hub.serve()
        let phone = try await Phone(enrolledAt: hub)
        let app = phone.app
        let sync = SyncModel(app: app)
        await sync.sync()
        #expect(sync.summary?.code == "ok" && !sync.isRunning, "\(String(describing: sync.summary))")

        let today = TodayModel(core: app.core)
        await today.load()
        #expect(today.notice == nil && today.forms.map(\.id).contains("vang_gia"))

        let form = try await FormModel.start("vang_gia", app: app)
        let before = app.revision
        let told = try Visit(picture: try Visit.cameraPicture())
        try await fill(ModelDriver(form), with: told)
        #expect(form.isAtEnd && form.problems.isEmpty)
        let review = try #require(form.review)
        let made = "Ghi mới: Hộ gia đình (1), Thành viên (3)"
        #expect(review.changes.first?.hasPrefix(made) == true, "\(review.changes)")
        let housing = try #require(review.sections.first { $0.title == "Nhà ở" })
        await form.go(to: housing.page)
        #expect(form.page.title == "Nhà ở" && !form.isAtEnd && form.review == nil)
        await form.loadOutline()
        #expect(form.outline.contains { $0.title == "Thành viên 2 · \(told.names[1])" })
        await form.lookBack()
        #expect(form.isAtEnd)
        await form.finish()
        let visit = try #require(form.finished, "\(form.problems) \(String(describing: form.notice))")
        #expect(app.revision == before + 1)

        let households = HouseholdsModel(core: app.core)
        households.query = "nong van dinh"
        await households.search()
        #expect(households.rows.map(\.id) == [visit.householdId] && households.total == 1 && !households.hasMore)
        households.query = "nobody"
        await households.search()
        #expect(households.rows.isEmpty && households.notice == nil)

        let household = HouseholdModel(core: app.core, id: try #require(visit.householdId))
        await household.load()
        #expect(household.household?.members.map(\.name) == told.names)
        #expect(household.forms.map(\.id) == ["vang_gia"])
        let photo = try #require(household.household?.photos.first)
        #expect(household.thumbnails[photo.id]?.starts(with: [0xff, 0xd8]) == true)
        let large = try #require(await household.photo(photo.reference))
        #expect(large.count > household.thumbnails[photo.id]?.count ?? .max)

        // What was agreed is printed; the job's name tells nothing of the household.
        let papers = PapersModel(core: app.core, reference: "household:\(household.id)")
        await papers.load()
        #expect(papers.papers.map(\.id) == ["muc_tieu"])
        let paper = try #require(await papers.paper("muc_tieu"))
        #expect(paper.title == papers.papers.first?.label)
        let name = try #require(told.names.first)
        #expect(paper.html.contains(name) && !paper.title.contains(name))
        #expect(await papers.paper("khac") == nil && papers.notice != nil)

        // A member, an old visit and what was answered then are opened from the household.
        let member = RecordModel(core: app.core, reference: try #require(household.household?.members.last?.reference))
        await member.load()
        #expect(member.page?.title == told.names.last)
        #expect(member.page?.above.first?.reference == "household:\(household.id)")
        let sections = household.household?.sections ?? []
        let submitted = try #require(sections.first { $0.kind == "submission" }?.rows.first)
        let submission = RecordModel(core: app.core, reference: submitted.reference)
        await submission.load()
        let answers = (submission.submission?.answers ?? []).flatMap(\.answers).map(\.value)
        #expect(submission.notice == nil && told.names.allSatisfy(answers.contains), "\(answers)")

        let opened = try #require(await household.openCase(reason: "Cần hỗ trợ sinh kế"))
        let details = CaseModel(core: app.core, id: opened)
        await details.load()
        #expect(details.details?.id == opened && details.details?.restricted == false)
        #expect(household.household?.cases.map(\.id) == [opened])

        var seen: [SyncProgress] = []
        let watching = watch {
            sync.progress
        } then: {
            if let now = $0 { seen.append(now) }
        }
        await sync.sync()
        watching.cancel()
        #expect(sync.summary?.code == "ok" && sync.summary?.photosSent == 1, "\(String(describing: sync.summary))")
        #expect(!seen.isEmpty && seen.allSatisfy { !$0.text.isEmpty })
        let stats = try hub.stats()
        #expect(stats["household"] == 1 && stats["person"] == 3 && stats["case"] == 1, "\(stats)")
        #expect(stats["photos_whole"] == 1 && stats["waiting"] == 0, "\(stats)")
    }

    @Test func aFormAnswersChangesInPlace() async throws {
        let hub = try Hub()
        try hub.serve()
        let phone = try await Phone(enrolledAt: hub)
        await SyncModel(app: phone.app).sync()
        hub.stop()
        let form = try await FormModel.start("vang_gia", app: phone.app, rest: .milliseconds(1))

        await form.answer(form.path("outcome"), .choice(value: "met"))

        // A question appears after the one that asks for it, and goes again.
        let untouched = form.page.questions.first
        #expect(!form.names.contains("visit_purpose_other"))
        await form.answer(form.path("visit_purpose"), .choice(value: "other"))
        let place = try #require(form.names.firstIndex(of: "visit_purpose"))
        #expect(form.names[place + 1] == "visit_purpose_other")
        #expect(form.page.questions.first == untouched)

        // Blocked: the problem is listed and stands at its question; answering it takes it away.
        await form.next()
        #expect(form.problems.map(\.path) == [form.path("visit_purpose_other")])
        #expect(form.wanted == form.path("visit_purpose_other"))
        #expect(form.page.questions[place + 1].problem != nil)
        form.type("Thăm lại", into: form.path("visit_purpose_other"))
        await form.keepTyped()
        #expect(form.problems.isEmpty && form.page.questions[place + 1].problem == nil)

        // A tap on the chosen one takes it back; of several, the list's order counts.
        let purpose = form.page.questions[place]
        let other = try #require(purpose.choices.first { $0.value == "other" })
        await form.tap(other, of: purpose)
        #expect(form.page.questions[place].value == .empty && !form.names.contains("visit_purpose_other"))
        let first = try #require(purpose.choices.first { $0.value == "first" })
        await form.tap(first, of: form.page.questions[place])
        #expect(form.page.questions[place].value == .choice(value: "first"))
        for value in ["members", "head"] {
            let present = try #require(form.question("visit_present"))
            await form.tap(try #require(present.choices.first { $0.value == value }), of: present)
        }
        let present = try #require(form.question("visit_present"))
        #expect(present.value == .choices(values: ["head", "members"]))

        // What was typed is kept before the page is left, and stands there when one comes back.
        form.type("Tiếng Thái", into: form.path("visit_language"))
        await form.next()
        #expect(form.path("province") != "", "\(form.problems)")
        await form.back()
        let language = try #require(form.question("visit_language"))
        #expect(language.value == .text(text: "Tiếng Thái") && form.text(of: language) == "Tiếng Thái")

        // An answer of another kind is the core's to refuse; the page stays.
        await form.answer(form.path("visit_date"), .text(text: "hôm qua"))
        #expect(form.notice != nil && form.path("visit_date") != "")
        form.dismissNotice()

        await form.loadOutline()
        #expect(form.outline.first { $0.isCurrent }?.index == form.page.index)
        await form.finish()
        #expect(form.finished == nil && !form.problems.isEmpty)
    }

    @Test func aDraftOutlivesTheAppAndAPhotoThatIsNone() async throws {
        let hub = try Hub()
        try hub.serve()
        let phone = try await Phone(enrolledAt: hub)
        await SyncModel(app: phone.app).sync()
        hub.stop()
        let form = try await FormModel.start("tiep_nhan_tre_em", app: phone.app)
        let source = try #require(form.question("source_note"))
        form.type("Trưởng bản gọi điện", into: source.path)
        await form.keepTyped()

        // The same folder, opened anew as after a killed process.
        phone.app.pause()
        let again = try phone.openedAnew()
        await again.refresh()
        #expect(again.status == .locked)
        let unlock = UnlockModel(app: again)
        unlock.pin = Phone.pin
        await unlock.unlock()
        let today = TodayModel(core: again.core)
        await today.load()
        let draft = try #require(today.today?.drafts.first, "\(String(describing: today.notice))")
        #expect(draft.draftId == form.draftId)
        let resumed = try await FormModel.resume(draft: draft.draftId, app: again)
        #expect(resumed.page.questions.first { $0.path == source.path }?.value == .text(text: "Trưởng bản gọi điện"))

        // To the photo's page by the table of contents: nothing on the way need be answered for that.
        await resumed.loadOutline()
        for row in resumed.outline where resumed.page.repeats.isEmpty { await resumed.go(to: row.index) }
        let rows = try #require(resumed.page.repeats.first)
        if rows.instances.isEmpty {
            await resumed.addRepeat(rows.path)
        } else {
            await resumed.go(to: rows.instances[0].firstPage)
        }
        let photo = try #require(resumed.page.questions.first { $0.kind == .photo })
        await resumed.takePhoto(photo.path, Data("not a picture".utf8))
        #expect(resumed.notice != nil && resumed.previews.isEmpty)
        #expect(resumed.page.questions.first { $0.kind == .photo }?.value == .empty)
        await resumed.takePhoto(photo.path, try Visit.cameraPicture())
        #expect(resumed.notice == nil && resumed.previews[photo.path]?.starts(with: [0xff, 0xd8]) == true)

        await resumed.abandon()
        #expect(resumed.isAbandoned)
        await today.load()
        #expect(today.today?.drafts.isEmpty == true)
    }
}

extension FormModel {
    /// The questions of the page by their names.
    fileprivate var names: [String] { page.questions.map { $0.path.components(separatedBy: "/").last ?? "" } }

    fileprivate func question(_ name: String) -> QuestionView? {
        page.questions.first { $0.path.hasSuffix("/\(name)") }
    }

    fileprivate func path(_ name: String) -> String { question(name)?.path ?? "" }
}

/// A folder as on one phone, with the app open.
@MainActor final class Phone {
    static let pin = "135790"

    let keys = SoftwareKeyStore()
    private let folder: URL
    private(set) var app: AppModel

    init() throws {
        folder = try newFolder("phone")
        app = try Self.open(folder, keys)
    }

    convenience init(enrolledAt hub: Hub) async throws {
        try self.init()
        try await enrol(hub)
    }

    /// One more worker, if there is one.
    func enrol(_ hub: Hub, login: String = Hub.login, pin: String = Phone.pin) async throws {
        let enrol = EnrolModel(app: app)
        (enrol.invitation, enrol.newPin) = (try hub.invite(login), NewPin(pin, again: pin))
        await enrol.enrol()
        if let notice = enrol.notice { throw HubFailure(description: "\(notice.code) \(notice.text)") }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Pages of the database are not what was written.
    func damage() throws {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        let found = files?.compactMap { $0 as? URL }.first { $0.lastPathComponent == "store.db" }
        guard let database = found else { throw HubFailure(description: "no database") }
        var bytes = try Data(contentsOf: database)
        let middle = bytes.count / 3
        bytes.replaceSubrange(middle..<middle + 5_000, with: Data(repeating: 0x5a, count: 5_000))
        try bytes.write(to: database)
    }

    /// What lies behind the first bytes of these files is not what was written, of whoever is enrolled.
    func ruin(_ names: String..., keeping kept: Int = 0) throws {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        let found = (files?.compactMap { $0 as? URL } ?? []).filter {
            names.contains($0.lastPathComponent) && !$0.path.contains(".aside/")
        }
        guard !found.isEmpty else { throw HubFailure(description: "no \(names)") }
        for file in found {
            let bytes = try Data(contentsOf: file)
            try (bytes.prefix(kept) + Data(repeating: 0x5a, count: bytes.count - kept)).write(to: file)
        }
    }

    func openedAnew() throws -> AppModel {
        app = try Self.open(folder, keys)
        return app
    }

    private static func open(_ folder: URL, _ keys: SoftwareKeyStore) throws -> AppModel {
        let config = AppConfig(
            folder: folder.path, language: .vietnamese, deviceName: "iPhone thử", appVersion: "0.1.0")
        return AppModel(core: try Core(config: config, keyStore: keys))
    }
}

@MainActor final class ModelDriver: FormDriver {
    private let form: FormModel

    init(_ form: FormModel) { self.form = form }

    var page: PageView { form.page }

    func give(_ answer: AnswerValue, to path: String) async throws {
        await form.answer(path, answer)
        try check()
    }

    func give(picture: Data, to path: String) async throws {
        await form.takePhoto(path, picture)
        try check()
        #expect(form.previews[path]?.starts(with: [0xff, 0xd8]) == true)
    }

    func add(_ path: String) async throws {
        await form.addRepeat(path)
        try check()
    }

    func turn() async throws -> Bool {
        await form.next()
        try check()
        if let first = form.problems.first {
            throw HubFailure(description: "\(first.path): \(first.problem.text)")
        }
        return form.isAtEnd
    }

    private func check() throws {
        if let notice = form.notice { throw HubFailure(description: "\(notice.code) \(notice.text)") }
    }
}

/// Tells of each value that an observable takes on, as a screen would hear of it.
@MainActor private func watch<T: Sendable>(
    _ value: @escaping @MainActor () -> T, then: @escaping @MainActor (T) -> Void
) -> Task<Void, Never> {
    Task { @MainActor in
        while !Task.isCancelled {
            await withCheckedContinuation { continuation in
                withObservationTracking {
                    _ = value()
                } onChange: {
                    continuation.resume()
                }
            }
            then(value())
        }
    }
}
