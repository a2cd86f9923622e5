package org.rackweave.hal.cxl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.rackweave.hal.mctp.Octets;

/** Reads the conversations that were captured between other people's programs, and annotated golden files. */
public final class Conversations {
    private static final Pattern PACKET =
            Pattern.compile("(REQ>|RSP<) ver=(\\d+) dst=0x(..) src=0x(..) flags=0x(..)\\[.*] body=([0-9a-f]{128}).*");

    /** One command of the client and what came back. */
    public record Conversation(String title, List<Octets> request, List<Octets> response, List<String> notes) {
        @Override
        public String toString() {
            return title;
        }
    }

    private Conversations() {}

    public static List<Conversation> captured() {
        List<Conversation> all = new ArrayList<>();
        for (String line : text("/vectors/fm-api-over-mctp-tcp.txt").lines().toList()) {
            if (line.startsWith("### ")) {
                all.add(new Conversation(line.substring(4), new ArrayList<>(), new ArrayList<>(), new ArrayList<>()));
            }
            Matcher packet = PACKET.matcher(line);
            if (packet.matches()) {
                Conversation last = all.get(all.size() - 1);
                (packet.group(1).equals("REQ>") ? last.request() : last.response()).add(packetOf(packet));
            } else if (line.stripLeading().startsWith("= ")) {
                all.get(all.size() - 1).notes().add(line.strip());
            }
        }
        return all;
    }

    public static Conversation titled(String title) {
        return captured().stream()
                .filter(each -> each.title().equals(title))
                .findFirst()
                .orElseThrow();
    }

    /** The bytes after {@code outlen=N:} of a line of the mailbox capture. */
    public static Octets mailbox(String lineStart) {
        String line = text("/vectors/fm-api-over-mctp-tcp.txt")
                .lines()
                .filter(each -> each.startsWith(lineStart))
                .findFirst()
                .orElseThrow();
        return Octets.ofHex(line.replaceFirst(".*outlen=\\d+:", "").replace(" ", ""));
    }

    static Octets golden(String name) {
        return Octets.ofHex(text("/golden/cxl/" + name)
                .lines()
                .map(line -> line.replaceFirst("#.*", "").replaceAll("\\s", ""))
                .collect(Collectors.joining()));
    }

    private static Octets packetOf(Matcher packet) {
        return Octets.ofHex(
                "0" + packet.group(2) + packet.group(3) + packet.group(4) + packet.group(5) + packet.group(6));
    }

    private static String text(String resource) {
        try (InputStream input = Conversations.class.getResourceAsStream(resource)) {
            return new String(input.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
