package org.rackweave.hal.discovery;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.rackweave.hal.inventory.DiscoveryProblem;

/** Reads a {@link Manifest}; its form is described there. */
final class ManifestReader {
    private final List<String> remarks = new ArrayList<>();
    private final Map<TreePath, RecordedEntry> entries = new TreeMap<>();
    private final ByteArrayOutputStream content = new ByteArrayOutputStream();
    private Optional<TreePath> openFile = Optional.empty();
    private int lineNumber;

    private ManifestReader() {}

    static Manifest read(Reader text) throws BadManifestException, IOException {
        ManifestReader reader = new ManifestReader();
        BufferedReader lines = new BufferedReader(text);
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            reader.lineNumber++;
            reader.take(line);
        }
        if (reader.lineNumber == 0) {
            throw reader.wrong("the file is empty");
        }
        reader.closeFile();
        return new Manifest(reader.remarks, reader.entries);
    }

    private void take(String line) throws BadManifestException {
        if (lineNumber == 1) {
            if (!line.equals(Manifest.FORMAT)) {
                throw wrong("this is no capture that this version reads: its first line is not \"" + Manifest.FORMAT
                        + "\"");
            }
            return;
        }
        if (line.isEmpty()) {
            throw wrong("an empty line");
        }
        String rest = line.substring(1);
        switch (line.charAt(0)) {
            case '#' -> remarks.add(rest.strip());
            case '|' -> append((rest + "\n").getBytes(StandardCharsets.UTF_8));
            case '>' -> append(rest.getBytes(StandardCharsets.UTF_8));
            case '%' -> append(bytes(rest));
            case 'd', 'l', 'f', 'x' -> entry(line);
            default -> throw wrong("a line that begins with none of # d l f x | > %");
        }
    }

    private void entry(String line) throws BadManifestException {
        closeFile();
        String[] parts = line.split(" ", 4);
        if (parts.length < 2 || parts[0].length() != 1) {
            throw wrong("an entry without a path");
        }
        TreePath path = path(parts[1]);
        if (entries.containsKey(path)) {
            throw wrong("a second entry for " + path);
        }
        switch (line.charAt(0)) {
            case 'd' -> entries.put(path, new RecordedEntry.Folder());
            case 'l' -> {
                demandParts(parts, 3, "a link without its target");
                entries.put(path, new RecordedEntry.Link(unescaped(parts[2])));
            }
            case 'x' -> {
                demandParts(parts, 4, "a refusal without its kind and reason");
                entries.put(path, new RecordedEntry.Refusal(kind(parts[2]), parts[3]));
            }
            default -> openFile = Optional.of(path);
        }
    }

    private void closeFile() {
        openFile.ifPresent(path -> entries.put(path, new RecordedEntry.Content(content.toByteArray())));
        openFile = Optional.empty();
        content.reset();
    }

    private void append(byte[] bytes) throws BadManifestException {
        if (openFile.isEmpty()) {
            throw wrong("content that follows no file");
        }
        if (content.size() + bytes.length > DiscoveryLimits.MOST_FILE_BYTES) {
            throw wrong("a file of more than " + DiscoveryLimits.MOST_FILE_BYTES + " bytes");
        }
        content.writeBytes(bytes);
    }

    private void demandParts(String[] parts, int count, String otherwise) throws BadManifestException {
        if (parts.length < count) {
            throw wrong(otherwise);
        }
    }

    private TreePath path(String escaped) throws BadManifestException {
        try {
            return new TreePath(unescaped(escaped));
        } catch (IllegalArgumentException odd) {
            throw wrong(String.valueOf(odd.getMessage()));
        }
    }

    private DiscoveryProblem.Kind kind(String name) throws BadManifestException {
        return Stream.of(DiscoveryProblem.Kind.values())
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElseThrow(() -> wrong("an unknown kind of refusal: " + name));
    }

    private byte[] bytes(String hexadecimal) throws BadManifestException {
        try {
            return HexFormat.of().parseHex(hexadecimal);
        } catch (IllegalArgumentException odd) {
            throw wrong("bytes that are not hexadecimal");
        }
    }

    private String unescaped(String text) throws BadManifestException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        int at = 0;
        while (at < text.length()) {
            char each = text.charAt(at);
            if (each != '\\') {
                plain.writeBytes(String.valueOf(each).getBytes(StandardCharsets.UTF_8));
                at++;
            } else if (text.startsWith("\\x", at) && at + 4 <= text.length()) {
                plain.writeBytes(bytes(text.substring(at + 2, at + 4)));
                at += 4;
            } else {
                throw wrong("a backslash that is not \\xNN");
            }
        }
        return plain.toString(StandardCharsets.UTF_8);
    }

    private BadManifestException wrong(String what) {
        return new BadManifestException(lineNumber, what);
    }
}
