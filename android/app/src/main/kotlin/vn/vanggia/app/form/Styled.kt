package vn.vanggia.app.form

import android.graphics.Typeface
import android.text.Layout
import android.text.SpannableStringBuilder
import android.text.Spanned
import android.text.method.LinkMovementMethod
import android.text.style.AlignmentSpan
import android.text.style.ForegroundColorSpan
import android.text.style.RelativeSizeSpan
import android.text.style.StyleSpan
import android.text.style.SubscriptSpan
import android.text.style.SuperscriptSpan
import android.text.style.TypefaceSpan
import android.text.style.URLSpan
import android.text.style.UnderlineSpan
import android.widget.TextView
import vn.vanggia.core.TextAlign
import vn.vanggia.core.TextBlock
import vn.vanggia.core.TextKind
import vn.vanggia.core.TextScript
import vn.vanggia.core.TextSpan

/** A text of the form with its styles; plain words where it has none. */
fun styled(words: String, blocks: List<TextBlock>): CharSequence {
    if (blocks.isEmpty()) return words
    val out = SpannableStringBuilder()
    for (block in blocks) {
        if (out.isNotEmpty()) out.append('\n')
        val start = out.length
        when (val kind = block.kind) {
            is TextKind.Bullet -> out.append("•  ")
            is TextKind.Numbered -> out.append("${kind.number}.  ")
            is TextKind.Paragraph, is TextKind.Heading -> Unit
        }
        block.spans.forEach { out.append(it) }
        (block.kind as? TextKind.Heading)?.let { heading ->
            out.over(start, StyleSpan(Typeface.BOLD), RelativeSizeSpan(HEADING[(heading.level.toInt() - 1).coerceIn(0, 5)]))
        }
        when (block.align) {
            TextAlign.CENTRE -> out.over(start, AlignmentSpan.Standard(Layout.Alignment.ALIGN_CENTER))
            TextAlign.END -> out.over(start, AlignmentSpan.Standard(Layout.Alignment.ALIGN_OPPOSITE))
            TextAlign.START -> Unit
        }
    }
    return out
}

private val HEADING = floatArrayOf(1.5f, 1.35f, 1.2f, 1.1f, 1.05f, 1f)

private fun SpannableStringBuilder.append(span: TextSpan) {
    val start = length
    append(span.text)
    if (span.bold) over(start, StyleSpan(Typeface.BOLD))
    if (span.italic) over(start, StyleSpan(Typeface.ITALIC))
    if (span.underline) over(start, UnderlineSpan())
    span.colour?.let { over(start, ForegroundColorSpan(OPAQUE or it.toInt())) }
    span.font?.let { over(start, TypefaceSpan(it.substringBefore(',').trim())) }
    when (span.script) {
        TextScript.SUPERSCRIPT -> over(start, SuperscriptSpan(), RelativeSizeSpan(0.75f))
        TextScript.SUBSCRIPT -> over(start, SubscriptSpan(), RelativeSizeSpan(0.75f))
        TextScript.NORMAL -> Unit
    }
    span.link?.let { over(start, URLSpan(it)) }
}

private fun SpannableStringBuilder.over(start: Int, vararg styles: Any) =
    styles.forEach { setSpan(it, start, length, Spanned.SPAN_EXCLUSIVE_EXCLUSIVE) }

private const val OPAQUE = 0xFF000000.toInt()

/** Shows it; links can be tapped only where there are some, as they take the touches of the whole line. */
fun TextView.say(words: CharSequence) {
    text = words
    val links = (words as? Spanned)?.getSpans(0, words.length, URLSpan::class.java).orEmpty()
    movementMethod = if (links.isEmpty()) null else LinkMovementMethod.getInstance()
}
