package vn.vanggia.app.form

import android.Manifest
import android.view.View
import android.widget.Button
import android.widget.ImageView
import android.widget.LinearLayout
import vn.vanggia.app.*
import vn.vanggia.app.screens.CameraScreen
import vn.vanggia.core.AnswerValue
import vn.vanggia.core.QuestionView

/** From the camera into the core in memory; what is shown here is the preview that the core gives back. */
class PhotoInput(private val asked: Asked) : Input {
    private var shown = ""
    private val picture: ImageView = asked.host.imageView(null, 0, asked.host.getString(R.string.photo_taken))
    private val take: Button = asked.host.button(asked.host.getString(R.string.photo_take), R.style.Button_Outline, R.drawable.ic_camera, ::open)
    private val drop = asked.host.button(asked.host.getString(R.string.photo_drop), R.style.Button_Danger, R.drawable.ic_remove) {
        asked.answer(AnswerValue.Empty)
    }
    override val view: View = asked.host.column {
        addView(picture, LinearLayout.LayoutParams(context.dp(220), context.dp(165)).apply { bottomMargin = context.dp(10) })
        add(take)
        add(drop, context.dp(8))
    }

    override fun show(question: QuestionView) {
        val name = (question.value as? AnswerValue.Photo)?.name.orEmpty()
        take.setText(if (name.isEmpty()) R.string.photo_take else R.string.photo_again)
        take.isEnabled = !question.readonly
        drop.visible(name.isNotEmpty() && !question.required && !question.readonly)
        picture.visible(name.isNotEmpty())
        if (name.isNotEmpty() && name != shown) asked.photos.preview(asked.path) { picture.setImageBitmap(it) }
        shown = name
    }

    private fun open() = asked.host.withPermission(Manifest.permission.CAMERA) { allowed ->
        if (!allowed) return@withPermission asked.complain(asked.host.getString(R.string.camera_denied))
        asked.complain(null)
        asked.host.push(CameraScreen(asked.host) { bytes ->
            take.setText(R.string.photo_keeping)
            take.isEnabled = false
            asked.photos.take(asked.path, bytes)
        })
    }
}
