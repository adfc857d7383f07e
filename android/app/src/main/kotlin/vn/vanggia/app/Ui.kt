package vn.vanggia.app

import android.content.Context
import android.graphics.Bitmap
import android.graphics.drawable.Drawable
import android.os.Build
import android.util.TypedValue
import android.view.Gravity
import android.view.View
import android.view.ViewGroup
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.ViewGroup.LayoutParams.WRAP_CONTENT
import android.widget.Button
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView

// The few pieces that every screen is put together from; their looks are in res/values/styles.xml.

fun Context.dp(n: Int): Int =
    TypedValue.applyDimension(TypedValue.COMPLEX_UNIT_DIP, n.toFloat(), resources.displayMetrics).toInt()

fun Context.dimen(id: Int): Int = resources.getDimensionPixelSize(id)

fun Context.themeDrawable(attribute: Int): Drawable? {
    val value = TypedValue()
    theme.resolveAttribute(attribute, value, true)
    return getDrawable(value.resourceId)
}

fun View.visible(yes: Boolean) {
    visibility = if (yes) View.VISIBLE else View.GONE
}

@Newer
fun accessibilityHeading(view: View) {
    if (Build.VERSION.SDK_INT >= 28) view.isAccessibilityHeading = true
}

fun Context.column(build: LinearLayout.() -> Unit = {}): LinearLayout =
    LinearLayout(this).apply { orientation = LinearLayout.VERTICAL }.apply(build)

/** A column that scrolls, with a margin around, no wider than what reads well. */
fun Context.page(build: LinearLayout.() -> Unit = {}): ScrollView {
    val column = column {
        val margin = dp(12)
        setPadding(margin, margin, margin, dp(24))
        build()
    }
    return ScrollView(this).apply {
        isFillViewport = true
        addView(column, android.widget.FrameLayout.LayoutParams(pageWidth(), WRAP_CONTENT, Gravity.CENTER_HORIZONTAL))
    }
}

private fun Context.pageWidth(): Int =
    if (resources.displayMetrics.widthPixels > dimen(R.dimen.widest)) dimen(R.dimen.widest) else MATCH_PARENT

/** Adds it across the whole width with a gap above. */
fun <V : View> LinearLayout.add(view: V, gap: Int = 0): V {
    addView(view, LinearLayout.LayoutParams(MATCH_PARENT, WRAP_CONTENT).apply { topMargin = gap })
    return view
}

fun LinearLayout.text(words: CharSequence, style: Int = R.style.Body, gap: Int = 0): TextView =
    add(TextView(context, null, 0, style).apply { text = words }, gap)

fun LinearLayout.section(words: CharSequence): TextView =
    text(words, R.style.Section, context.dp(20)).apply {
        accessibilityHeading(this)
    }

fun Context.button(words: CharSequence, style: Int = R.style.Button_Primary, icon: Int = 0, run: () -> Unit): Button =
    Button(this, null, 0, style).apply {
        text = words
        if (icon != 0) {
            setCompoundDrawablesRelativeWithIntrinsicBounds(icon, 0, 0, 0)
            compoundDrawablePadding = dp(10)
            compoundDrawableTintList = textColors
            gravity = Gravity.CENTER_VERTICAL or Gravity.START
        }
        setOnClickListener { run() }
    }

fun LinearLayout.button(
    words: CharSequence, style: Int = R.style.Button_Primary, icon: Int = 0, gap: Int = context.dp(8), run: () -> Unit,
): Button = add(context.button(words, style, icon, run), gap)

fun LinearLayout.card(ground: Int = R.drawable.card, gap: Int = context.dp(8), build: LinearLayout.() -> Unit): LinearLayout =
    add(
        context.column {
            setBackgroundResource(ground)
            setPadding(context.dp(14), context.dp(12), context.dp(14), context.dp(12))
            build()
        },
        gap,
    )

/** A line that leads somewhere: what it is, what else there is to say, and a word that must not be missed. */
fun LinearLayout.row(title: String, about: String = "", alarm: String = "", icon: Int = 0, run: (() -> Unit)? = null): View {
    val row = context.rowView()
    row.fill(title, about, alarm, icon, run != null)
    if (run != null) row.setOnClickListener { run() }
    return add(row, context.dp(8))
}

class RowView(context: Context) : LinearLayout(context) {
    private val icon = ImageView(context).apply { setColorFilter(context.getColor(R.color.primary)) }
    private val title = TextView(context, null, 0, R.style.Strong)
    private val about = TextView(context, null, 0, R.style.Soft)
    private val alarm = TextView(context, null, 0, R.style.Problem)
    private val arrow = ImageView(context).apply {
        setImageResource(R.drawable.ic_next)
        setColorFilter(context.getColor(R.color.field_line))
    }

    init {
        gravity = Gravity.CENTER_VERTICAL
        minimumHeight = context.dp(60)
        setBackgroundResource(R.drawable.row)
        setPadding(context.dp(14), context.dp(10), context.dp(8), context.dp(10))
        addView(icon, LayoutParams(context.dp(24), context.dp(24)).apply { marginEnd = context.dp(14) })
        addView(
            context.column { add(title); add(about, context.dp(2)); add(alarm, context.dp(4)) },
            LayoutParams(0, WRAP_CONTENT, 1f),
        )
        addView(arrow)
    }

    fun fill(title: String, about: String, alarm: String, icon: Int, leads: Boolean) {
        this.title.text = title
        this.about.text = about
        this.about.visible(about.isNotEmpty())
        this.alarm.text = alarm
        this.alarm.visible(alarm.isNotEmpty())
        this.icon.visible(icon != 0)
        if (icon != 0) this.icon.setImageResource(icon)
        arrow.visible(leads)
        isFocusable = leads
    }
}

fun Context.rowView() = RowView(this)

/** Label and value one under the other: long Vietnamese words leave no room for two columns. */
fun LinearLayout.fact(label: String, value: String) {
    text(label, R.style.Soft, if (childCount == 0) 0 else context.dp(10))
    text(value)
}

fun Context.imageView(picture: Bitmap?, size: Int, description: String): ImageView = ImageView(this).apply {
    scaleType = ImageView.ScaleType.CENTER_CROP
    setBackgroundColor(getColor(R.color.line))
    if (picture != null) setImageBitmap(picture)
    contentDescription = description
    layoutParams = ViewGroup.MarginLayoutParams(size, size)
}
