package org.rackweave.hal.discovery;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Another tree, with every number that tells one machine from its twins replaced by a made-up one: serial numbers, UUIDs,
 * asset tags, MAC addresses. Equal originals get equal replacements and different ones different, within one tree, so
 * that what depends on two devices being two still works.
 */
final class ScrubbedTree implements HostTree {
    /** Files that are nothing but such a number. */
    private static final Set<String> DMI_NUMBERS = Set.of(
            "product_serial", "product_uuid", "board_serial", "board_asset_tag", "chassis_serial", "chassis_asset_tag");

    private static final Pattern CXL_SERIAL = Pattern.compile("/sys/.*/mem[0-9]+/serial");
    private static final Pattern MAC = Pattern.compile("(?i)(?<![0-9a-f:])[0-9a-f]{2}(?::[0-9a-f]{2}){5}(?![0-9a-f:])");
    private static final Pattern UUID = Pattern.compile(
            "(?i)(?<![0-9a-f])[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?![0-9a-f])");
    private static final Pattern CPU_SERIAL = Pattern.compile("(?m)(?<=^Serial\\s{0,8}:\\s)[0-9a-fA-F]+$");
    private static final Pattern WHOLE = Pattern.compile("(?s).+");

    private final HostTree source;
    private final Map<String, String> replacements = new HashMap<>();

    ScrubbedTree(HostTree source) {
        this.source = source;
    }

    @Override
    public Answer<EntryKind> kind(TreePath path) {
        return source.kind(path);
    }

    @Override
    public Answer<String> target(TreePath link) {
        return source.target(link);
    }

    @Override
    public Answer<List<String>> names(TreePath folder, Predicate<String> wanted) {
        return source.names(folder, wanted);
    }

    @Override
    public Answer<byte[]> content(TreePath file) {
        return source.content(file).then(bytes -> new Answer.Given<>(scrubbed(file, bytes)));
    }

    private byte[] scrubbed(TreePath file, byte[] bytes) {
        Optional<String> text = decoded(bytes);
        if (text.isEmpty()) {
            return bytes;
        }
        String clean = text.get();
        if (DMI_NUMBERS.contains(file.name()) && file.value().contains("/dmi/")) {
            clean = replaced(clean.strip(), WHOLE, "scrubbed-%d") + "\n";
        } else if (file.name().equals("serial-number")) {
            clean = replaced(clean.replace("\0", ""), WHOLE, "scrubbed-%d") + "\0";
        } else if (CXL_SERIAL.matcher(file.value()).matches()) {
            clean = replaced(clean.strip(), WHOLE, "0x%x") + "\n";
        }
        clean = replaced(clean, CPU_SERIAL, "%016x");
        clean = replaced(clean, MAC, "02:00:00:00:00:%02x");
        clean = replaced(clean, UUID, "00000000-0000-4000-8000-%012x");
        return clean.equals(text.get()) ? bytes : clean.getBytes(StandardCharsets.UTF_8);
    }

    private String replaced(String text, Pattern number, String form) {
        Matcher found = number.matcher(text);
        StringBuilder clean = new StringBuilder();
        while (found.find()) {
            String original = found.group();
            String replacement = isNothing(original)
                    ? original
                    : replacements.computeIfAbsent(
                            form + original, unseen -> String.format(Locale.ROOT, form, replacements.size() + 1));
            found.appendReplacement(clean, Matcher.quoteReplacement(replacement));
        }
        return found.appendTail(clean).toString();
    }

    /** Zeros tell nobody from anybody, and "no serial number" must stay what it is. */
    private static boolean isNothing(String number) {
        return number.chars().allMatch(each -> "0x:-".indexOf(each) >= 0);
    }

    static Optional<String> decoded(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException notText) {
            return Optional.empty();
        }
    }
}
