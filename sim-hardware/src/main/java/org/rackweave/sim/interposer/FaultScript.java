package org.rackweave.sim.interposer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an operator of the lab told the simulated hardware to do wrong: a text file, read again at each call, so that it
 * can be changed while the daemon runs.
 *
 * <pre>
 * # OPERATION FAULT [DURATION] [COUNT]; without a count it happens until the line is removed
 * sanitise delay 1500ms
 * bind refuse 1
 * unbind hang 5s 2
 * bind unknown 1
 * sanitise fail 1
 * </pre>
 *
 * The first line for an operation that is not spent applies, alone. Counts are written back as they are used up.
 */
final class FaultScript {
    private final Path file;

    FaultScript(Path file) {
        this.file = file;
    }

    /**
     * The fault for this call, used up once.
     *
     * @throws IllegalArgumentException when a line cannot be understood; the message quotes it
     */
    Optional<FaultLine> next(FaultLine.Operation operation) throws IOException {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        List<String> after = new ArrayList<>(lines.size());
        Optional<FaultLine> found = Optional.empty();
        for (String line : lines) {
            Optional<FaultLine> fault = parse(line);
            boolean applies = found.isEmpty()
                    && fault.isPresent()
                    && fault.get().operation() == operation
                    && !fault.get().isSpent();
            if (applies) {
                found = fault;
            }
            after.add(applies ? fault.orElseThrow().consumed().text() : line);
        }
        if (found.isPresent() && found.get().remaining().isPresent()) {
            DurableText.replace(file, String.join("\n", after) + "\n");
        }
        return found;
    }

    private Optional<FaultLine> parse(String line) {
        String stripped = line.strip();
        if (stripped.isEmpty() || stripped.startsWith("#")) {
            return Optional.empty();
        }
        try {
            return Optional.of(FaultLine.parse(stripped));
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(file + ": \"" + stripped + "\": " + wrong.getMessage(), wrong);
        }
    }
}
