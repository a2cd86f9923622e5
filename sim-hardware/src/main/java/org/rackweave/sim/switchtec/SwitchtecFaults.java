package org.rackweave.sim.switchtec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.rackweave.hal.switchtec.wire.MrpcKind;
import org.rackweave.sim.interposer.DurableText;

/**
 * A file of {@link SwitchtecFault} lines, read again at each command, so that it can be changed while the switch runs. The first line
 * that concerns a command and is not spent applies, alone; counts are written back as they are used up.
 */
final class SwitchtecFaults {
    private final Optional<Path> file;

    /**
     * The faults of one switch.
     *
     * @param file may be absent, or not there
     */
    SwitchtecFaults(Optional<Path> file) {
        this.file = file;
    }

    /**
     * The fault for this command, used up once.
     *
     * @throws IOException when the file cannot be read or understood; the message quotes the line
     */
    Optional<SwitchtecFault> next(MrpcKind kind) throws IOException {
        if (file.isEmpty() || !Files.exists(file.get())) {
            return Optional.empty();
        }
        List<String> lines = new ArrayList<>(Files.readAllLines(file.get(), StandardCharsets.UTF_8));
        for (int index = 0; index < lines.size(); index++) {
            String line = lines.get(index).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            SwitchtecFault fault = parsed(line);
            if (fault.concerns(kind)) {
                if (fault.remaining().isPresent()) {
                    lines.set(index, fault.consumed().text());
                    DurableText.replace(file.get(), String.join("\n", lines) + "\n");
                }
                return Optional.of(fault);
            }
        }
        return Optional.empty();
    }

    private SwitchtecFault parsed(String line) throws IOException {
        try {
            return SwitchtecFault.parse(line);
        } catch (IllegalArgumentException wrong) {
            throw new IOException(file.orElseThrow() + ": \"" + line + "\": " + wrong.getMessage(), wrong);
        }
    }
}
