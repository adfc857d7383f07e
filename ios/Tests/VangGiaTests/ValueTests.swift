import Foundation
import Testing
import VangGiaCore

@testable import VangGiaModels

/// What needs no core: values and how they change.
@Suite struct ValueTests {
    @Test func changesAreTakenUpInPlace() {
        var page = PageView(
            index: 0, formTitle: "", breadcrumb: [], title: "", questions: ["/a", "/b", "/c"].map { question($0) },
            repeats: [], isFirst: true, isLast: false, progress: 10)
        page.apply([
            .gone(path: "/b"), .updated(question: question("/c", "new")),
            .appeared(after: "/a", question: question("/a2")), .appeared(after: nil, question: question("/first")),
        ])
        #expect(page.questions.map(\.path) == ["/first", "/a", "/a2", "/c"])
        #expect(page.questions.last?.label == "new")
        // The same once more changes nothing: no question stands there twice.
        page.apply([.appeared(after: "/a", question: question("/a2")), .gone(path: "/b")])
        #expect(page.questions.map(\.path) == ["/first", "/a", "/a2", "/c"])
        page.apply([.appeared(after: "/unknown", question: question("/lost"))])
        #expect(page.questions.last?.path == "/lost")
        let yes = ChoiceView(value: "y", label: "Có", styled: [], image: nil, chosen: false)
        page.apply([
            .choices(path: "/a", choices: [yes]),
            .frame(breadcrumb: ["Hộ"], title: "Nhà", isFirst: false, isLast: true, progress: 100),
        ])
        #expect(page.questions.first { $0.path == "/a" }?.choices == [yes])
        #expect((page.title, page.isLast, page.progress) == ("Nhà", true, 100))
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

private func question(_ path: String, _ label: String = "") -> QuestionView {
    QuestionView(
        path: path, kind: .text, label: label, styled: [], groups: [], hint: "", styledHint: [], guidance: "",
        styledGuidance: [], image: nil, value: .empty, shown: "", choices: [], required: false, readonly: false,
        appearance: "", goesOn: false, problem: nil)
}
