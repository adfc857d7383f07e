import SwiftUI
import UIKit
import VangGiaCore
import VangGiaModels

struct PhotoField: View {
    let form: FormModel
    let question: QuestionView
    @Environment(AppModel.self) private var app
    @State private var isTaking = false

    var body: some View {
        if let bytes = form.previews[question.path], let image = UIImage(data: bytes) {
            Image(uiImage: image).resizable().scaledToFit().frame(height: 180)
        } else {
            Text(app.say(.noPhoto)).foregroundStyle(.secondary)
        }
        HStack {
            Button(app.say(question.value == .empty ? .takePhoto : .retake), systemImage: "camera") { isTaking = true }
                .disabled(form.isBusy || !Camera.isHere)
            if question.value != .empty {
                Button(app.say(.remove), systemImage: "trash", role: .destructive) {
                    Task { await form.answer(question.path, .empty) }
                }
            }
        }
        .buttonStyle(.borderless)
        .fullScreenCover(isPresented: $isTaking) {
            Camera { bytes in
                isTaking = false
                if let bytes { Task { await form.takePhoto(question.path, bytes) } }
            }
        }
        if !Camera.isHere { Text(app.say(.noCamera)).font(.caption) }
    }
}

/// The system's camera. Its picture goes to the core from memory and is never in the photo library.
struct Camera: UIViewControllerRepresentable {
    /// `nil` if nothing was taken.
    let onEnd: @MainActor (Data?) -> Void

    @MainActor static var isHere: Bool { UIImagePickerController.isSourceTypeAvailable(.camera) }

    func makeUIViewController(context: Context) -> UIImagePickerController {
        let picker = UIImagePickerController()
        picker.sourceType = .camera
        picker.delegate = context.coordinator
        return picker
    }

    func updateUIViewController(_ picker: UIImagePickerController, context: Context) {}

    func makeCoordinator() -> Coordinator { Coordinator(onEnd: onEnd) }

    @MainActor
    final class Coordinator: NSObject, UIImagePickerControllerDelegate, UINavigationControllerDelegate {
        private let onEnd: @MainActor (Data?) -> Void

        init(onEnd: @escaping @MainActor (Data?) -> Void) { self.onEnd = onEnd }

        func imagePickerController(
            _ picker: UIImagePickerController,
            didFinishPickingMediaWithInfo info: [UIImagePickerController.InfoKey: Any]
        ) {
            let image = info[.originalImage] as? UIImage
            onEnd(image?.jpegData(compressionQuality: 0.95))
        }

        func imagePickerControllerDidCancel(_ picker: UIImagePickerController) { onEnd(nil) }
    }
}
