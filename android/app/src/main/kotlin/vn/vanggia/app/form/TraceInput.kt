package vn.vanggia.app.form

import android.Manifest
import android.location.Location
import android.view.View
import android.widget.Button
import android.widget.TextView
import vn.vanggia.app.*
import vn.vanggia.app.device.Locator
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.GeoPosition
import vn.vanggia.core.QuestionKind
import vn.vanggia.core.QuestionView
import java.util.Locale

/**
 * Positions walked one after another: a way, or the corners of a piece of land. Needs no map. Of land, the answer is
 * handed over from the third corner on.
 */
class TraceInput(private val asked: Asked, kind: QuestionKind.Trace) : Input {
    private val least = if (kind.closed) 3 else 2
    private val locator = Locator(asked.host)
    private var points: List<GeoPosition> = emptyList()
    private var best: Location? = null

    private val list = TextView(asked.host, null, 0, R.style.Body)
    private val words = TextView(asked.host, null, 0, R.style.Strong)
    private val take: Button = asked.host.button(asked.host.getString(R.string.trace_add), R.style.Button_Outline, R.drawable.ic_add, ::look)
    private val use = asked.host.button(asked.host.getString(R.string.location_use)) { best?.let(::found) }
    private val undo = asked.host.button(asked.host.getString(R.string.trace_undo), R.style.Button_Danger, R.drawable.ic_erase) { keep(points.dropLast(1)) }
    override val view: View = asked.host.column {
        add(list)
        add(words, context.dp(6))
        add(take, context.dp(8))
        add(use, context.dp(8))
        add(undo, context.dp(8))
        addOnAttachStateChangeListener(object : View.OnAttachStateChangeListener {
            override fun onViewAttachedToWindow(view: View) = Unit
            override fun onViewDetachedFromWindow(view: View) = locator.stop()
        })
    }

    override fun show(question: QuestionView) {
        // Too few corners are no answer yet, and must not be forgotten for that.
        val given = (question.value as? AnswerValue.Points)?.points
        if (given != null || points.size >= least) points = given.orEmpty()
        draw()
    }

    private fun draw() {
        list.text = points.withIndex().joinToString("\n") { (n, at) ->
            String.format(Locale.ROOT, "%d.  %.5f, %.5f ±%.0f\u00a0m", n + 1, at.latitude, at.longitude, at.accuracy)
        }
        list.visible(points.isNotEmpty())
        val missing = least - points.size
        words.text = if (missing > 0) asked.host.getString(R.string.trace_missing, missing) else asked.host.getString(R.string.trace_points, points.size)
        take.visible(true)
        use.visible(false)
        undo.visible(points.isNotEmpty())
    }

    private fun keep(now: List<GeoPosition>) {
        val answered = points.size >= least
        points = now
        draw()
        when {
            now.size >= least -> asked.answer(AnswerValue.Points(now))
            answered -> asked.answer(AnswerValue.Empty)
        }
    }

    private fun look() = asked.host.withPermission(Manifest.permission.ACCESS_FINE_LOCATION) { allowed ->
        if (!allowed) return@withPermission asked.complain(asked.host.getString(R.string.location_denied))
        asked.complain(null)
        best = null
        take.visible(false)
        words.setText(R.string.location_looking)
        val started = locator.start(
            found = { location ->
                if (best == null || location.accuracy <= best!!.accuracy) best = location
                words.text = asked.host.getString(R.string.location_accuracy, location.accuracy.toInt())
                use.visible(true)
                if (location.accuracy <= GOOD) found(location)
            },
            late = ::late,
        )
        if (!started) late()
    }

    private fun late() {
        locator.stop()
        draw()
        use.visible(best != null)
        if (best == null) asked.complain(asked.host.getString(R.string.location_failed))
    }

    private fun found(at: Location) {
        locator.stop()
        keep(points + GeoPosition(at.latitude, at.longitude, at.altitude, at.accuracy.toDouble()))
    }

    private companion object {
        /** Metres. */
        const val GOOD = 10f
    }
}
