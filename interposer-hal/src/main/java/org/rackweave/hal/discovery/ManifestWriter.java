package org.rackweave.hal.discovery;

import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;

/** Writes a {@link Manifest}; its form is described there. */
final class ManifestWriter {
    /** Bytes in one line of hexadecimal. */
    private static final int BYTES_A_LINE = 48;

    private ManifestWriter() {}

    static void write(Manifest manifest, Writer out) throws IOException {
        out.write(Manifest.FORMAT + "\n");
        for (String remark : manifest.remarks()) {
            out.write("# " + remark + "\n");
        }
        for (Map.Entry<TreePath, RecordedEntry> entry : manifest.entries().entrySet()) {
            out.write(text(escaped(entry.getKey().value()), entry.getValue()));
        }
    }

    private static String text(String path, RecordedEntry entry) {
        return entry.fold(
                folder -> "d " + path + "\n",
                link -> "l " + path + " " + escaped(link.target()) + "\n",
                content -> "f " + path + "\n" + content(content.bytes()),
                refusal -> "x " + path + " " + refusal.kind() + " " + refusal.reason() + "\n");
    }

    private static String content(byte[] bytes) {
        return ScrubbedTree.decoded(bytes)
                .filter(ManifestWriter::isPlain)
                .map(ManifestWriter::lines)
                .orElseGet(() -> hexadecimal(bytes));
    }

    private static boolean isPlain(String text) {
        return text.chars().allMatch(each -> each == '\n' || each == '\t' || (each >= ' ' && each != 0x7F));
    }

    private static String lines(String text) {
        StringBuilder lines = new StringBuilder();
        int start = 0;
        for (int end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', start)) {
            lines.append('|').append(text, start, end).append('\n');
            start = end + 1;
        }
        if (start < text.length()) {
            lines.append('>').append(text, start, text.length()).append('\n');
        }
        return lines.toString();
    }

    private static String hexadecimal(byte[] bytes) {
        StringBuilder lines = new StringBuilder();
        for (int start = 0; start < bytes.length; start += BYTES_A_LINE) {
            int end = Math.min(bytes.length, start + BYTES_A_LINE);
            lines.append('%')
                    .append(HexFormat.of().formatHex(bytes, start, end))
                    .append('\n');
        }
        return lines.toString();
    }

    private static String escaped(String path) {
        StringBuilder plain = new StringBuilder();
        for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
            boolean stays = each >= '!' && each <= '~' && each != '\\';
            plain.append(stays ? String.valueOf((char) each) : String.format(Locale.ROOT, "\\x%02x", each & 0xFF));
        }
        return plain.toString();
    }
}
