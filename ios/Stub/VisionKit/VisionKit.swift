import UIKit

public enum VNBarcodeSymbology: Sendable { case qr }

public struct RecognizedItemBarcode: Sendable {
    public var payloadStringValue: String? { nil }
}

public enum RecognizedItem: Sendable { case barcode(RecognizedItemBarcode) }

@MainActor public protocol DataScannerViewControllerDelegate: AnyObject {
    func dataScanner(
        _ scanner: DataScannerViewController, didAdd items: [RecognizedItem], allItems: [RecognizedItem])
}

@MainActor public final class DataScannerViewController: UIViewController {
    public struct RecognizedDataType: Hashable, Sendable {
        public static func barcode(symbologies: [VNBarcodeSymbology] = []) -> Self { .init() }
    }
    public static var isSupported: Bool { false }
    public static var isAvailable: Bool { false }
    public weak var delegate: (any DataScannerViewControllerDelegate)?
    public init(recognizedDataTypes: Set<RecognizedDataType>) { super.init() }
    public func startScanning() throws {}
    public func stopScanning() {}
}
