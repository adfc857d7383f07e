public struct Font: Sendable {
    public static let headline = Font(), body = Font(), caption = Font()
    public func monospaced() -> Font { self }
}
public protocol ShapeStyle: Sendable {}
public struct Color: ShapeStyle, _Leaf {
    public static let red = Color(), white = Color(), primary = Color(), secondary = Color()
    init() {}
    public init(red: Double, green: Double, blue: Double) {}
}
extension ShapeStyle where Self == Color { @MainActor public static var red: Color { Color.red } }
public struct HierarchicalShapeStyle: ShapeStyle {}
extension ShapeStyle where Self == HierarchicalShapeStyle { public static var secondary: Self { .init() } }
public struct Material: ShapeStyle {}
extension ShapeStyle where Self == Material { public static var bar: Material { .init() } }

public enum Visibility: Sendable { case automatic, visible, hidden }
public enum Edge: Sendable { case top, bottom, leading, trailing }
public enum VerticalEdge: Sendable { case top, bottom }
public struct AccessibilityTraits: SetAlgebra, OptionSet, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let isSelected = Self(rawValue: 1)
    public static let isHeader = Self(rawValue: 2)
}
public struct AccessibilityChildBehavior: Sendable { public static let combine = Self(), contain = Self() }
public struct TextInputAutocapitalization: Sendable { public static var never: Self { .init() } }
public struct BorderlessButtonStyle: Sendable {}
extension BorderlessButtonStyle { public static var borderless: Self { .init() } }
public struct RoundedBorderTextFieldStyle: Sendable { public static var roundedBorder: Self { .init() } }
public struct IconOnlyLabelStyle: Sendable { public static var iconOnly: Self { .init() } }

extension View {
    public func navigationTitle<S: StringProtocol>(_ title: S) -> some View { self }
    public func navigationDestination<D: Hashable, C: View>(
        for data: D.Type, @ViewBuilder destination: @escaping (D) -> C
    ) -> some View { self }
    public func toolbar<C: View>(@ViewBuilder content: () -> C) -> some View { self }
    public func tabItem<C: View>(@ViewBuilder _ label: () -> C) -> some View { self }
    public func searchable<S: StringProtocol>(text: Binding<String>, prompt: S) -> some View { self }
    public func swipeActions<C: View>(@ViewBuilder content: () -> C) -> some View { self }
    public func safeAreaInset<C: View>(edge: VerticalEdge, @ViewBuilder content: () -> C) -> some View { self }

    public func sheet<C: View>(isPresented: Binding<Bool>, @ViewBuilder content: @escaping () -> C) -> some View {
        self
    }
    public func sheet<I: Identifiable, C: View>(
        item: Binding<I?>, onDismiss: (() -> Void)? = nil, @ViewBuilder content: @escaping (I) -> C
    ) -> some View { self }
    public func fullScreenCover<C: View>(
        isPresented: Binding<Bool>, @ViewBuilder content: @escaping () -> C
    ) -> some View { self }
    public func fullScreenCover<I: Identifiable, C: View>(
        item: Binding<I?>, @ViewBuilder content: @escaping (I) -> C
    ) -> some View { self }
    public func alert<S: StringProtocol, A: View>(
        _ title: S, isPresented: Binding<Bool>, @ViewBuilder actions: () -> A
    ) -> some View { self }

    public func confirmationDialog<S: StringProtocol, A: View>(
        _ title: S, isPresented: Binding<Bool>, titleVisibility: Visibility = .automatic, @ViewBuilder actions: () -> A
    ) -> some View { self }

    public func task(_ action: sending @escaping @isolated(any) () async -> Void) -> some View { self }
    public func task<V: Equatable>(
        id: V, _ action: sending @escaping @isolated(any) () async -> Void
    ) -> some View { self }
    public func onChange<V: Equatable>(of value: V, _ action: @escaping (V, V) -> Void) -> some View { self }
    public func onSubmit(_ action: @escaping () -> Void) -> some View { self }
    public func environment<T: AnyObject & Observable>(_ object: T?) -> some View { self }
    public func environment<V>(_ path: WritableKeyPath<EnvironmentValues, V>, _ value: V) -> some View { self }

    public func padding() -> some View { self }
    public func padding(_ edge: Edge, _ length: CGFloat?) -> some View { self }
    public func frame(width: CGFloat? = nil, height: CGFloat? = nil) -> some View { self }
    public func font(_ font: Font?) -> some View { self }
    public func foregroundStyle<S: ShapeStyle>(_ style: S) -> some View { self }
    public func listRowBackground<C: View>(_ view: C?) -> some View { self }
    public func background<S: ShapeStyle>(_ style: S) -> some View { self }
    public func scaledToFit() -> some View { self }
    public func disabled(_ disabled: Bool) -> some View { self }
    public func lineLimit(_ limit: Int, reservesSpace: Bool) -> some View { self }
    public func labelsHidden() -> some View { self }
    public func buttonStyle(_ style: BorderlessButtonStyle) -> some View { self }
    public func labelStyle(_ style: IconOnlyLabelStyle) -> some View { self }
    public func textFieldStyle(_ style: RoundedBorderTextFieldStyle) -> some View { self }
    public func keyboardType(_ type: UIKeyboardType) -> some View { self }
    public func textInputAutocapitalization(_ style: TextInputAutocapitalization?) -> some View { self }
    public func autocorrectionDisabled() -> some View { self }
    public func id<ID: Hashable>(_ id: ID) -> some View { self }
    public func accessibilityLabel<S: StringProtocol>(_ label: S) -> some View { self }
    public func accessibilityHidden(_ hidden: Bool) -> some View { self }
    public func accessibilityElement(children: AccessibilityChildBehavior) -> some View { self }
    public func accessibilityAddTraits(_ traits: AccessibilityTraits) -> some View { self }
}
