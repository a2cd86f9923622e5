package org.rackweave.sim.lab.adversary;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.rackweave.sim.lab.JsonText;
import org.rackweave.sim.lab.LabFailure;
import org.rackweave.sim.lab.RackLayout;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code rackweave-lab adversary}. */
@Command(
        name = "adversary",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "ATTACK",
        description = "Attack a rehearsal rack from outside, to see it counted in 'rackweave counters'.")
public final class AdversaryCommand {
    @Command(
            name = "replay",
            mixinStandardHelpOptions = true,
            description = "Capture a datagram of the rack and send the same bytes again.")
    int replay(
            @Option(names = "--rack", required = true, paramLabel = "DIR", description = "The rack's directory.")
                    Path rack)
            throws LabFailure {
        try (Eavesdropper eavesdropper = Eavesdropper.open(port(rack))) {
            byte[] captured = eavesdropper.capture();
            eavesdropper.send(captured);
            return tell("a datagram of " + captured.length + " bytes that was captured, again", Map.of());
        }
    }

    @Command(
            name = "forge",
            mixinStandardHelpOptions = true,
            description = "Send a datagram in a member's name, with a content that is not the member's.")
    int forge(
            @Option(names = "--rack", required = true, paramLabel = "DIR", description = "The rack's directory.")
                    Path rack)
            throws LabFailure {
        try (Eavesdropper eavesdropper = Eavesdropper.open(port(rack))) {
            byte[] captured = eavesdropper.capture();
            eavesdropper.send(Forgery.of(captured));
            return tell("a datagram of " + captured.length + " bytes in a member's name, content changed", Map.of());
        }
    }

    @Command(
            name = "foreign",
            mixinStandardHelpOptions = true,
            description = "Knock at a daemon with a certificate of another rack.")
    int foreign(
            @Option(names = "--port", required = true, paramLabel = "PORT", description = "Of CoAP over DTLS.")
                    int port)
            throws LabFailure {
        DtlsVisitor.Reception reception = ForeignVisitor.knockAt(port);
        return tell(
                "a DTLS handshake with a certificate of another rack",
                Map.of("outcome", reception.outcome(), "told", reception.told()));
    }

    private static int port(Path rack) throws LabFailure {
        Path file = new RackLayout(rack).multicastPort();
        try {
            return Integer.parseInt(
                    Files.readString(file, StandardCharsets.UTF_8).strip());
        } catch (IOException | NumberFormatException failed) {
            throw new LabFailure(file + " does not name the rack's multicast port: " + failed.getMessage(), failed);
        }
    }

    private static int tell(String what, Map<String, String> more) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("pid", ProcessHandle.current().pid());
        line.put("what", what);
        line.putAll(more);
        System.out.println(JsonText.line(line));
        return 0;
    }
}
