import SwiftUI
import UIKit
import VisionKit

/// Reads an invitation's QR code with the camera.
struct CodeScanner: UIViewControllerRepresentable {
    let onCode: @MainActor (String) -> Void

    @MainActor static var isHere: Bool {
        DataScannerViewController.isSupported && DataScannerViewController.isAvailable
    }

    func makeUIViewController(context: Context) -> DataScannerViewController {
        let scanner = DataScannerViewController(recognizedDataTypes: [.barcode(symbologies: [.qr])])
        scanner.delegate = context.coordinator
        return scanner
    }

    func updateUIViewController(_ scanner: DataScannerViewController, context: Context) { try? scanner.startScanning() }

    func makeCoordinator() -> Coordinator { Coordinator(onCode: onCode) }

    @MainActor
    final class Coordinator: NSObject, DataScannerViewControllerDelegate {
        private let onCode: @MainActor (String) -> Void

        init(onCode: @escaping @MainActor (String) -> Void) { self.onCode = onCode }

        func dataScanner(
            _ scanner: DataScannerViewController, didAdd items: [RecognizedItem], allItems: [RecognizedItem]
        ) {
            for case let .barcode(code) in items {
                guard let text = code.payloadStringValue else { continue }
                scanner.stopScanning()
                onCode(text)
                return
            }
        }
    }
}
