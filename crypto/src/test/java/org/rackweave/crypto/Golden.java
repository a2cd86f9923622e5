package org.rackweave.crypto;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;

/** Reads an annotated golden file: hexadecimal bytes, everything after a '#' is for people. */
final class Golden {
    private Golden() {}

    static byte[] read(String name) {
        return HexFormat.of().parseHex(hex(text(name)));
    }

    /** The hexadecimal bytes of each section that begins with {@code == NAME}. */
    static Map<String, String> sections(String name) {
        return Arrays.stream(text(name).split("\n== ", -1))
                .skip(1)
                .collect(Collectors.toMap(
                        section -> section.lines().findFirst().orElseThrow(),
                        section -> hex(section.substring(section.indexOf('\n')))));
    }

    private static String hex(String text) {
        return text.lines()
                .map(line -> line.replaceFirst("#.*", "").replaceAll("\\s", ""))
                .collect(Collectors.joining());
    }

    private static String text(String name) {
        try (InputStream input = Golden.class.getResourceAsStream("/golden/" + name)) {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
