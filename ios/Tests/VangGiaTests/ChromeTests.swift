import Foundation
import Testing
import VangGiaCore
import VangGiaUI

@Suite struct ChromeTests {
    @Test func everyWordIsThereInBothLanguages() {
        for chrome in Chrome.allCases {
            let (vietnamese, english) = (chrome.text(.vietnamese), chrome.text(.english))
            #expect(vietnamese != chrome.rawValue && !vietnamese.isEmpty, "vi: \(chrome.rawValue)")
            #expect(english != chrome.rawValue && !english.isEmpty, "en: \(chrome.rawValue)")
            #expect(vietnamese != english || chrome == .pin, "\(chrome.rawValue)")
        }
        #expect(Chrome.next.text(.vietnamese) == "Tiếp")
    }
}
