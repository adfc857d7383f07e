import SwiftUI
import UIKit
import VangGiaCore
import VangGiaModels

/// A button for each paper that the record can be printed as.
struct PapersSection: View {
    let app: AppModel
    @State private var model: PapersModel

    init(app: AppModel, reference: String) {
        self.app = app
        _model = State(initialValue: PapersModel(core: app.core, reference: reference))
    }

    var body: some View {
        Section {
            NoticeRow(notice: model.notice)
            ForEach(model.papers) { paper in
                Button("\(app.say(.printPaper)): \(paper.label)", systemImage: "printer") {
                    Task { await model.paper(paper.id).map(present) }
                }
            }
        }
        .task(id: app.revision) { await model.load() }
    }

    /// The system prints it or keeps it as PDF. The job is called as the paper is, never as whoever it is about.
    private func present(_ paper: PaperView) {
        let about = UIPrintInfo(dictionary: nil)
        about.jobName = paper.title
        about.outputType = .general
        let controller = UIPrintInteractionController.shared
        controller.printInfo = about
        controller.printFormatter = UIMarkupTextPrintFormatter(markupText: paper.html)
        controller.present(animated: true, completionHandler: nil)
    }
}
