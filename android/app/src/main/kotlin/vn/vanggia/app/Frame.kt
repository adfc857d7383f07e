package vn.vanggia.app

import android.app.Activity
import android.os.Build
import android.util.TypedValue
import android.view.Gravity
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.view.WindowInsets
import android.widget.FrameLayout
import android.widget.ImageButton
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.ProgressBar
import android.widget.TextView

/** What stands around every screen: the bar above, the tabs below, and a thin line while the core works. */
class Frame(private val activity: Activity, onTab: (Tab) -> Unit, onBack: () -> Unit) {
    private val back = iconButton(R.drawable.ic_back, R.string.back, onBack)
    private val title = TextView(activity, null, 0, R.style.BarTitle).apply {
        accessibilityHeading(this)
    }
    private val subtitle = TextView(activity, null, 0, R.style.Soft).apply {
        setTextColor(activity.getColor(R.color.primary_soft))
        setSingleLine()
    }
    private val actions = LinearLayout(activity)
    private val bar = LinearLayout(activity).apply {
        gravity = Gravity.CENTER_VERTICAL
        minimumHeight = activity.dimen(R.dimen.bar)
        setBackgroundColor(activity.getColor(R.color.primary))
        setPadding(activity.dp(4), 0, activity.dp(4), 0)
        addView(back)
        addView(
            activity.column { add(title); add(subtitle) }.apply { setPadding(activity.dp(12), activity.dp(6), 0, activity.dp(6)) },
            LinearLayout.LayoutParams(0, WRAP_CONTENT, 1f),
        )
        addView(actions)
    }
    private val content = FrameLayout(activity)
    private val working = ProgressBar(activity, null, android.R.attr.progressBarStyleHorizontal).apply {
        isIndeterminate = true
        visibility = View.GONE
    }
    private val tabs = Tab.values().associateWith { tab -> tabButton(tab) { onTab(tab) } }
    private val tabBar = LinearLayout(activity).apply {
        setBackgroundColor(activity.getColor(R.color.surface))
        elevation = activity.dp(8).toFloat()
        tabs.values.forEach { addView(it, LinearLayout.LayoutParams(0, activity.dp(60), 1f)) }
    }

    val root: View = LinearLayout(activity).apply {
        orientation = LinearLayout.VERTICAL
        setBackgroundColor(activity.getColor(R.color.primary_dark))
        addView(bar, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        addView(
            FrameLayout(activity).apply {
                setBackgroundColor(activity.getColor(R.color.ground))
                addView(content, FrameLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT))
                addView(working, FrameLayout.LayoutParams(MATCH_PARENT, activity.dp(4)))
            },
            LinearLayout.LayoutParams(MATCH_PARENT, 0, 1f),
        )
        addView(tabBar, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT))
        // From Android 15 on the window lies under the system's bars; the keyboard counts among them.
        setOnApplyWindowInsetsListener(::keepClear)
    }

    @Newer
    @Suppress("DEPRECATION") // The newer way needs Android 11.
    private fun keepClear(view: View, insets: WindowInsets): WindowInsets {
        if (Build.VERSION.SDK_INT < 30) {
            view.setPadding(
                insets.systemWindowInsetLeft, insets.systemWindowInsetTop,
                insets.systemWindowInsetRight, insets.systemWindowInsetBottom,
            )
            return insets.consumeSystemWindowInsets()
        }
        val kinds = WindowInsets.Type.systemBars() or WindowInsets.Type.ime() or WindowInsets.Type.displayCutout()
        val edges = insets.getInsets(kinds)
        view.setPadding(edges.left, edges.top, edges.right, edges.bottom)
        return WindowInsets.CONSUMED
    }

    private val showWorking = Runnable { working.visibility = View.VISIBLE }

    /** Most calls take milliseconds: only a longer one is worth a line that moves. */
    fun busy(pending: Int) {
        if (pending == 0) {
            working.removeCallbacks(showWorking)
            working.visibility = View.GONE
        } else if (pending == 1) {
            working.removeCallbacks(showWorking)
            working.postDelayed(showWorking, 300)
        }
    }

    fun show(screen: Screen, canGoBack: Boolean) {
        content.removeAllViews()
        content.addView(screen.view, FrameLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT))
        drawBar(screen, canGoBack)
    }

    fun drawBar(screen: Screen, canGoBack: Boolean) {
        bar.visible(screen.bar)
        back.visible(canGoBack)
        title.text = screen.title
        subtitle.text = screen.subtitle
        subtitle.visible(screen.subtitle.isNotEmpty())
        actions.removeAllViews()
        screen.actions.forEach { actions.addView(iconButton(it.icon, it.label, it.run)) }
        tabBar.visible(screen.tab != null)
        tabs.forEach { (tab, button) -> mark(button, tab == screen.tab) }
    }

    fun relabel() = tabs.forEach { (tab, button) -> (button.getChildAt(1) as TextView).setText(tab.label) }

    private fun iconButton(icon: Int, label: Int, run: () -> Unit) = ImageButton(activity).apply {
        setImageResource(icon)
        setColorFilter(activity.getColor(R.color.on_primary))
        background = activity.themeDrawable(android.R.attr.selectableItemBackgroundBorderless)
        contentDescription = activity.getString(label)
        layoutParams = LinearLayout.LayoutParams(activity.dimen(R.dimen.touch), activity.dimen(R.dimen.touch))
        setOnClickListener { run() }
    }

    private fun tabButton(tab: Tab, run: () -> Unit) = LinearLayout(activity).apply {
        orientation = LinearLayout.VERTICAL
        gravity = Gravity.CENTER
        background = activity.themeDrawable(android.R.attr.selectableItemBackground)
        addView(ImageView(activity).apply { setImageResource(tab.icon) })
        addView(tabLabel(tab), LinearLayout.LayoutParams(MATCH_PARENT, activity.dp(24)))
        isFocusable = true
        setOnClickListener { run() }
    }

    /** Large text has no room in a quarter of a narrow phone: it shrinks to what has. */
    private fun tabLabel(tab: Tab) = TextView(activity, null, 0, R.style.Soft).apply {
        setText(tab.label)
        maxLines = 1
        gravity = Gravity.CENTER
        setAutoSizeTextTypeUniformWithConfiguration(10, 14, 1, TypedValue.COMPLEX_UNIT_SP)
    }

    private fun mark(button: LinearLayout, chosen: Boolean) {
        val color = activity.getColor(if (chosen) R.color.primary else R.color.text_soft)
        button.isSelected = chosen
        (button.getChildAt(0) as ImageView).setColorFilter(color)
        (button.getChildAt(1) as TextView).apply {
            setTextColor(color)
            typeface = if (chosen) android.graphics.Typeface.DEFAULT_BOLD else android.graphics.Typeface.DEFAULT
        }
    }
}
