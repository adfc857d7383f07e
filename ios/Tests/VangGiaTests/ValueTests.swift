import Foundation
import Testing
import VangGiaCore

@testable import VangGiaModels

/// What needs no core: values and how they change.
@Suite struct ValueTests {
    @Test func changesAreTakenUpInPlace() {
        let yes = ChoiceView(value: "y", label: "Có", styled: [], image: nil, chosen: false)
        var shown = page(["/a", "/b", "/c"].map { question($0) })
        var choosing = question("/a")
        choosing.choices = [yes]
        let order = ["/first", "/a", "/a2", "/c"]
        var now = page([question("/first"), choosing, question("/a2"), question("/c", "new")])
        (now.breadcrumb, now.title, now.isFirst, now.isLast, now.progress) = (["Hộ"], "Nhà", false, true, 100)
        shown.apply(PageUpdate(page: now, order: order, goesOn: false))
        #expect(shown == now)
        // The same once more changes nothing: no question stands there twice.
        shown.apply(PageUpdate(page: now, order: order, goesOn: false))
        #expect(shown == now)
        // What is not told stays as it is, in the order that is told.
        var rest = now
        rest.questions = []
        shown.apply(PageUpdate(page: rest, order: ["/c", "/a"], goesOn: false))
        #expect(shown.questions.map(\.path) == ["/c", "/a"])
        #expect(shown.questions.first?.label == "new" && shown.questions.last?.choices == [yes])
        // Another page altogether.
        let other = page([question("/d")])
        shown.apply(PageUpdate(page: other, order: ["/d"], goesOn: false))
        #expect(shown == other)
    }

    @Test func typedTextIsReadByTheKindOfQuestion() {
        #expect(AnswerValue(typed: " 12 ", as: .integer) == .integer(number: 12))
        #expect(AnswerValue(typed: "42,5", as: .decimal) == .decimal(number: 42.5))
        #expect(AnswerValue(typed: "42.5", as: .decimal) == .decimal(number: 42.5))
        #expect(AnswerValue(typed: "hai", as: .integer) == .text(text: "hai"))
        #expect(AnswerValue(typed: "  ", as: .text) == .empty)
        #expect(AnswerValue(typed: "Nguyễn Thị Lan", as: .text) == .text(text: "Nguyễn Thị Lan"))
        #expect(AnswerValue.decimal(number: 42.5).fieldText(.vietnamese) == "42,5")
        #expect(AnswerValue.decimal(number: 42).fieldText(.english) == "42")
    }

    @Test func datesGoThereAndBack() throws {
        for (value, kind) in [
            (AnswerValue.date(iso: "2026-11-24"), QuestionKind.date), (.time(iso: "07:05"), .time),
            (.dateTime(iso: "2026-11-24T15:04:00+07:00"), .dateTime),
        ] {
            #expect(AnswerValue(moment: try #require(value.moment), as: kind) == value)
        }
        let sameMoment = AnswerValue.dateTime(iso: "2026-11-24T08:04:00.000Z").moment
        #expect(sameMoment == AnswerValue.dateTime(iso: "2026-11-24T15:04:00+07:00").moment && sameMoment != nil)
    }

    @Test func momentsAreVietnamsWhereverThePhoneIs() throws {
        let there = try #require(AnswerValue.dateTime(iso: "2026-11-24T16:09:00+08:00").moment)
        #expect(AnswerValue(moment: there, as: .dateTime) == .dateTime(iso: "2026-11-24T15:09:00+07:00"))
        #expect(AnswerValue(moment: there, as: .time) == .time(iso: "15:09"))
    }

    @Test func choicesAreFoundWithoutToneMarks() {
        let choices = ["Xã Hoà An", "Xã Đắk Pơ", "Phường Hạ Long"].map {
            ChoiceView(value: $0, label: $0, styled: [], image: nil, chosen: false)
        }
        #expect(choices.matching("hoa").map(\.label) == ["Xã Hoà An"])
        #expect(choices.matching("DAK po").map(\.label) == ["Xã Đắk Pơ"])
        #expect(choices.matching("đắk").count == 1)
        #expect(choices.matching(" ").count == 3)
    }

    /// RFC 4231, cases 2 and 6: the software key store does what the core counts on.
    @Test func theTestsKeyStoreIsHmacSha256() {
        let short = SoftwareKeyStore.hmac(Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        #expect(hex(short) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let long = SoftwareKeyStore.hmac(
            [UInt8](repeating: 0xaa, count: 131),
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8))
        #expect(hex(long) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }
}

private func hex(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

private func page(_ questions: [QuestionView]) -> PageView {
    PageView(
        index: 0, formTitle: "", breadcrumb: [], title: "", questions: questions, repeats: [], isFirst: true,
        isLast: false, progress: 10)
}

private func question(_ path: String, _ label: String = "") -> QuestionView {
    QuestionView(
        path: path, kind: .text, label: label, styled: [], groups: [], hint: "", styledHint: [], guidance: "",
        styledGuidance: [], image: nil, value: .empty, shown: "", choices: [], required: false, readonly: false,
        appearance: "", problem: nil)
}
