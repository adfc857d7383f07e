import Foundation
import Testing
import VangGiaCore
import VangGiaModels

/// A child's case that two people move, on the screens of both.
@Suite(.serialized) @MainActor struct StepTests {
    @Test func anEmergencyIsTakenOnAndTwoStepsAreSettled() async throws {
        let hub = try Hub()
        try hub.publish("danh_gia_ban_dau")
        try hub.add("mai", name: "Lò Thị Mai", role: "child_protection_officer", isOnDuty: true)
        try hub.serve()
        let (lan, mai) = (try await Phone(enrolledAt: hub), try Phone())
        try await mai.enrol(hub, login: "mai")
        try await sync(lan)
        let intake = try await FormModel.start("tiep_nhan_tre_em", app: lan.app)
        try await fill(intake, ["province": .choice(value: "01"), "commune": .choice(value: Hub.commune)])

        // Before all else, until somebody takes it on.
        let today = TodayModel(core: lan.app.core)
        await today.load()
        let alarm = try #require(today.today?.alarms.first, "\(String(describing: today.notice))")
        #expect(alarm.text.hasPrefix("CHƯA AI NHẬN – hãy gọi") && alarm.duty.isEmpty)
        #expect(alarm.calls.map { $0.url?.absoluteString } == ["tel:113", "tel:115", "tel:111"])
        let pressing = try #require(today.today?.tasks.first)
        #expect(pressing.reference == alarm.reference && pressing.next?.action == "acknowledge")
        let work = WorkModel(app: lan.app)
        let before = lan.app.revision
        await work.take(try #require(alarm.step), of: alarm.reference)
        #expect(work.notice == nil && work.asked == nil && work.form == nil)
        #expect(lan.app.revision == before + 1)
        await today.load()
        #expect(today.today?.alarms.isEmpty == true)
        try await sync(lan)
        try await sync(mai)

        // What can't be done yet says why, and does nothing.
        let id = RecordAt(alarm.reference).id
        let (lans, mais) = (CaseModel(core: lan.app.core, id: id), CaseModel(core: mai.app.core, id: id))
        await lans.load()
        let protect = try #require(lans.step("protect"))
        #expect(protect.unmet == ["Phiếu của việc này chưa có trên máy: hãy đồng bộ"])
        await work.take(protect, of: alarm.reference)
        #expect(work.form == nil && work.notice == nil)

        // A step with a form is taken when that is finished.
        await work.take(try #require(lans.step("assess_initial")), of: alarm.reference)
        #expect(work.asked == nil && work.notice == nil)
        let intakeState = lans.details?.state
        try await fill(try #require(work.form), [:])
        await lans.load()
        #expect(lans.details?.state == "Thu thập thông tin, đánh giá nguy cơ cụ thể" && intakeState != nil)
        #expect(lans.details?.timeline.contains { $0.kind == .step && $0.by == "Bạn" } == true)

        // Meanwhile somebody else takes another, which asks for a reason first.
        await mais.load()
        #expect(mais.details?.state == intakeState && mais.details?.alarm == nil)
        let hers = WorkModel(app: mai.app)
        await hers.take(try #require(mais.step("close_death")), of: alarm.reference)
        let why = try #require(hers.asked, "\(String(describing: hers.notice))")
        #expect(!why.canTake)
        why.reason = " \n"
        #expect(!why.canTake)
        why.reason = "Giấy báo tử"
        await why.take()
        #expect(why.isTaken && why.notice == nil && !why.canTake)
        hers.goOn()
        #expect(hers.form == nil)
        await mais.load()
        #expect(mais.details?.timeline.contains { $0.text == "Kết thúc vì trẻ đã mất – Giấy báo tử" } == true)

        // Both stand until one of the two people chooses.
        for phone in [lan, mai, lan] { try await sync(phone) }
        await lans.load()
        #expect(lans.details?.undecided.count == 2, "\(String(describing: lans.details?.undecided))")
        await today.load()
        let settle = try #require(today.today?.tasks.first?.next)
        #expect(settle.settles)
        await work.take(settle, of: alarm.reference)
        let choice = try #require(work.asked)
        #expect(choice.branches == lans.details?.undecided)
        choice.reason = "Trẻ vẫn sống: nhầm hồ sơ"
        #expect(!choice.canTake)
        choice.chosen = choice.branches.first { $0.label.hasPrefix("Đánh giá") }?.step
        await choice.take()
        #expect(choice.isTaken && choice.notice == nil)
        await lans.load()
        #expect(lans.details?.state == "Thu thập thông tin, đánh giá nguy cơ cụ thể")
        #expect(lans.details?.undecided.isEmpty == true)
        let page = RecordModel(core: lan.app.core, reference: alarm.reference)
        await page.load()
        #expect(page.page?.timeline.filter { $0.kind == .noEffect }.count == 1)

        // A step that came too late is the core's to refuse; what was said stays to be read.
        await mais.load()
        let late = try #require(mais.step("settle"))
        try await sync(lan)
        try await sync(mai)
        await hers.take(late, of: alarm.reference)
        let refused = try #require(hers.asked)
        (refused.reason, refused.chosen) = ("Đã chọn rồi", choice.chosen)
        await refused.take()
        #expect(refused.notice?.code.hasPrefix("step.") == true && !refused.isTaken)
        #expect(refused.reason == "Đã chọn rồi")
    }

    private func sync(_ phone: Phone) async throws {
        let sync = SyncModel(app: phone.app)
        await sync.sync()
        #expect(sync.summary?.code == "ok", "\(String(describing: sync.summary)) \(String(describing: sync.notice))")
    }

    /// To the end: answers by the questions' names, of what else is required the first thing that it takes.
    private func fill(_ form: FormModel, _ answers: [String: AnswerValue]) async throws {
        let driver = ModelDriver(form)
        for _ in 0..<100 {
            var seen: Set<String> = []
            while let question = form.page.questions.first(where: { !seen.contains($0.path) }) {
                seen.insert(question.path)
                let name = question.path.components(separatedBy: "/").last ?? ""
                let isOpen = question.required && question.value == .empty && !question.readonly
                if let answer = answers[name] ?? (isOpen ? first(question) : nil) {
                    try await driver.give(answer, to: question.path)
                }
            }
            guard try await driver.turn() else { continue }
            await form.finish()
            #expect(form.finished != nil, "\(form.problems) \(String(describing: form.notice))")
            return
        }
        throw HubFailure(description: "the form has no end: \(form.page.title)")
    }

    private func first(_ question: QuestionView) -> AnswerValue {
        switch question.kind {
        case .selectOne: .choice(value: question.choices.first?.value ?? "")
        case .selectMultiple: .choices(values: question.choices.prefix(1).map(\.value))
        case .integer: .integer(number: 9)
        case .date: AnswerValue(moment: Date(), as: .date)
        case .dateTime: AnswerValue(moment: Date(timeIntervalSinceNow: -300), as: .dateTime)
        default: .text(text: "Thông tin thử")
        }
    }
}

extension CaseModel {
    fileprivate func step(_ action: String) -> StepRow? { details?.steps.first { $0.action == action } }
}
