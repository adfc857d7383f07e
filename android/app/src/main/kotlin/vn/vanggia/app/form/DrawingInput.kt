package vn.vanggia.app.form

import android.content.Context
import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.graphics.Path
import android.view.MotionEvent
import android.view.View
import android.widget.ImageView
import android.widget.LinearLayout
import android.widget.LinearLayout.LayoutParams.MATCH_PARENT
import vn.vanggia.app.*
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.QuestionView
import java.io.ByteArrayOutputStream

/** A signature or a sketch. Its pixels go to the core from memory, as a photo's do. */
class DrawingInput(private val asked: Asked) : Input {
    private var shown = ""
    private val picture: ImageView = asked.host.imageView(null, 0, asked.host.getString(R.string.drawing_kept))
    private val paper = Paper(asked.host).apply { changed = ::buttons }
    private val keep = asked.host.button(asked.host.getString(R.string.drawing_keep)) { asked.photos.take(asked.path, paper.png()) }
    private val wipe = asked.host.button(asked.host.getString(R.string.drawing_wipe), R.style.Button_Outline, R.drawable.ic_erase) { paper.wipe() }
    private val drop = asked.host.button(asked.host.getString(R.string.drawing_drop), R.style.Button_Danger, R.drawable.ic_remove) {
        asked.answer(AnswerValue.Empty)
    }
    override val view: View = asked.host.column {
        addView(picture, LinearLayout.LayoutParams(context.dp(240), context.dp(120)))
        addView(paper, LinearLayout.LayoutParams(MATCH_PARENT, context.dp(180)))
        add(keep, context.dp(8))
        add(wipe, context.dp(8))
        add(drop, context.dp(8))
    }

    override fun show(question: QuestionView) {
        val name = (question.value as? AnswerValue.Photo)?.name.orEmpty()
        val kept = name.isNotEmpty()
        picture.visible(kept)
        paper.visible(!kept)
        drop.visible(kept && !question.readonly)
        if (kept && name != shown) asked.photos.preview(asked.path) { picture.setImageBitmap(it) }
        if (!kept && shown.isNotEmpty()) paper.wipe()
        shown = name
        buttons()
    }

    private fun buttons() {
        keep.visible(shown.isEmpty() && !paper.isBlank)
        wipe.visible(shown.isEmpty() && !paper.isBlank)
    }
}

/** White paper under a finger. */
class Paper(context: Context) : View(context) {
    var changed: () -> Unit = {}
    private val strokes = Path()
    private val ink = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        color = Color.BLACK
        style = Paint.Style.STROKE
        strokeWidth = context.dp(3).toFloat()
        strokeCap = Paint.Cap.ROUND
        strokeJoin = Paint.Join.ROUND
    }
    var isBlank = true
        private set

    init {
        contentDescription = context.getString(R.string.drawing_paper)
        isFocusable = true
    }

    fun wipe() {
        strokes.reset()
        isBlank = true
        invalidate()
        changed()
    }

    fun png(): ByteArray {
        val bitmap = Bitmap.createBitmap(width.coerceAtLeast(1), height.coerceAtLeast(1), Bitmap.Config.ARGB_8888)
        draw(Canvas(bitmap))
        return ByteArrayOutputStream().also { bitmap.compress(Bitmap.CompressFormat.PNG, 100, it) }.toByteArray()
    }

    override fun onDraw(canvas: Canvas) {
        canvas.drawColor(Color.WHITE)
        canvas.drawPath(strokes, ink)
    }

    override fun onTouchEvent(event: MotionEvent): Boolean {
        when (event.actionMasked) {
            MotionEvent.ACTION_DOWN -> {
                // The page must not scroll under the hand.
                parent?.requestDisallowInterceptTouchEvent(true)
                strokes.moveTo(event.x, event.y)
                strokes.lineTo(event.x, event.y)
            }
            MotionEvent.ACTION_MOVE -> strokes.lineTo(event.x, event.y)
            MotionEvent.ACTION_UP -> performClick()
            else -> return super.onTouchEvent(event)
        }
        isBlank = false
        invalidate()
        changed()
        return true
    }

    override fun performClick(): Boolean = super.performClick()
}
