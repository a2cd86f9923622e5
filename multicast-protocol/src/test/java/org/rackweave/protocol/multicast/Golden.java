package org.rackweave.protocol.multicast;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** Reads an annotated golden file: hexadecimal bytes, everything after a '#' is for people. */
final class Golden {
    private Golden() {}

    static byte[] read(String name) {
        try (InputStream input = Golden.class.getResourceAsStream("/golden/" + name)) {
            String text = new String(input.readAllBytes(), StandardCharsets.UTF_8);
            return HexFormat.of()
                    .parseHex(text.lines()
                            .map(line -> line.replaceFirst("#.*", "").replaceAll("\\s", ""))
                            .collect(Collectors.joining()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
