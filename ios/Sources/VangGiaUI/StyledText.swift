import Foundation
import SwiftUI
import VangGiaCore

/// A text of the form with its styles; plain words where it has none.
struct StyledText: View {
    let words: String
    let blocks: [TextBlock]

    var body: some View {
        if blocks.isEmpty { Text(words) } else { ForEach(Array(blocks.indices), id: \.self) { line(blocks[$0]) } }
    }

    private func line(_ block: TextBlock) -> Text {
        var text = Text(mark(block.kind))
        for span in block.spans { text = text + run(span, isHeading: isHeading(block.kind)) }
        return text
    }

    private func mark(_ kind: TextKind) -> String {
        switch kind {
        case .bullet: "•  "
        case let .numbered(number): "\(number).  "
        case .paragraph, .heading: ""
        }
    }

    private func isHeading(_ kind: TextKind) -> Bool {
        if case .heading = kind { true } else { false }
    }

    private func run(_ span: TextSpan, isHeading: Bool) -> Text {
        var run = AttributedString(span.text)
        run.link = span.link.flatMap { URL(string: $0) }
        var text = Text(run)
        if span.bold || isHeading { text = text.bold() }
        if span.italic { text = text.italic() }
        if span.underline { text = text.underline() }
        guard let colour = span.colour else { return text }
        let part = { (shift: UInt32) in Double((colour >> shift) & 0xff) / 255 }
        return text.foregroundColor(Color(red: part(16), green: part(8), blue: part(0)))
    }
}
