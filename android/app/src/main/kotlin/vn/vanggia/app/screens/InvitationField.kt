package vn.vanggia.app.screens

import android.content.ClipboardManager
import android.content.Context
import android.text.InputType
import android.view.Gravity
import android.widget.EditText
import android.widget.LinearLayout
import vn.vanggia.app.*

/** Takes the office's invitation: typed, pasted, or handed over by another app. */
class InvitationField(context: Context, invitation: String) : LinearLayout(context) {
    private val code = EditText(context, null, 0, R.style.Field).apply {
        hint = context.getString(R.string.enrol_code)
        inputType = InputType.TYPE_CLASS_TEXT or InputType.TYPE_TEXT_FLAG_MULTI_LINE or InputType.TYPE_TEXT_FLAG_NO_SUGGESTIONS
        minLines = 4
        gravity = Gravity.TOP
        contentDescription = hint
    }

    var invitation: String
        get() = code.text.toString().trim()
        set(words) = code.setText(words)

    init {
        orientation = VERTICAL
        add(code)
        button(context.getString(R.string.enrol_paste), R.style.Button_Outline, gap = context.dp(12)) { paste() }
        this.invitation = invitation
    }

    private fun paste() {
        val clip = context.getSystemService(ClipboardManager::class.java)?.primaryClip ?: return
        if (clip.itemCount > 0) invitation = clip.getItemAt(0).coerceToText(context).trim().toString()
    }
}
