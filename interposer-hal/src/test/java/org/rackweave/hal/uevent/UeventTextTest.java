package org.rackweave.hal.uevent;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.rackweave.hal.uevent.UeventText.Fault;

class UeventTextTest {
    /** What Linux 6.18 sent when {@code change} was written to the uevent attribute of {@code /dev/null}. */
    private static final String CAPTURED = "change@/devices/virtual/mem/null\0ACTION=change\0"
            + "DEVPATH=/devices/virtual/mem/null\0SUBSYSTEM=mem\0SYNTH_UUID=0\0MAJOR=1\0MINOR=3\0DEVNAME=null\0"
            + "DEVMODE=0666\0SEQNUM=813\0";

    private static final String FUNCTION = "add@/devices/pci0000:00/0000:00:05.0\0ACTION=add\0"
            + "DEVPATH=/devices/pci0000:00/0000:00:05.0\0SUBSYSTEM=pci\0PCI_CLASS=20000\0PCI_ID=1AF4:1041\0"
            + "PCI_SLOT_NAME=0000:00:05.0\0MODALIAS=pci:v00001AF4d00001041\0SEQNUM=18446744073709551615\0";

    private static final int ROUNDS = 200_000;

    private final Random random = new Random(20261122);

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static UeventText.Reading read(String text) {
        return UeventText.read(bytes(text));
    }

    @Test
    void aMessageOfTheKernelIsRead() {
        assertThat(read(CAPTURED))
                .isEqualTo(new UeventText.Read(new Uevent(
                        Uevent.Action.CHANGE,
                        "/devices/virtual/mem/null",
                        "mem",
                        813,
                        Map.of("SYNTH_UUID", "0", "MAJOR", "1", "MINOR", "3", "DEVNAME", "null", "DEVMODE", "0666"))));
        assertThat(read(FUNCTION).fold(Uevent::sequence, (fault, detail) -> 0L)).isEqualTo(-1);
    }

    @Test
    void whatIsNoMessageOfTheKernelIsRefusedByName() {
        Map<String, Fault> wrong = new TreeMap<>(Map.of(
                "",
                Fault.LENGTH,
                CAPTURED.substring(0, CAPTURED.length() - 1),
                Fault.LENGTH,
                CAPTURED + "x".repeat(UeventText.MOST_BYTES) + "\0",
                Fault.LENGTH,
                "libudev\0\0\0\0",
                Fault.PROPERTY,
                CAPTURED.replace("change@", "changed@"),
                Fault.CONTRADICTION,
                CAPTURED.replace("SUBSYSTEM=mem\0", ""),
                Fault.MISSING,
                CAPTURED.replace("SEQNUM=813", "SEQNUM=18446744073709551616"),
                Fault.MISSING,
                CAPTURED.replace("MAJOR=1", "MINOR=1"),
                Fault.TWICE,
                CAPTURED.replace("change", "explode"),
                Fault.ACTION,
                CAPTURED.replace("change@/", "change@"),
                Fault.HEADER));
        wrong.put(CAPTURED + "A=1\0".repeat(70), Fault.TWICE);
        wrong.forEach(
                (message, fault) -> assertThat(read(message).<Object>fold(event -> event, (found, detail) -> found))
                        .as(message.substring(0, Math.min(200, message.length())))
                        .isEqualTo(fault));
        byte[] noText = bytes(CAPTURED);
        noText[20] = (byte) 0xFF;
        assertThat(UeventText.read(noText).<Object>fold(event -> event, (fault, detail) -> fault))
                .isEqualTo(Fault.ENCODING);
    }

    /** Whatever comes, it is refused by name, or means the same when it is written again. */
    @Test
    void mutatedMessagesAreReadOrRefusedByName() {
        Map<Fault, Integer> faults = new EnumMap<>(Fault.class);
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            byte[] message = mutated(bytes(random.nextBoolean() ? CAPTURED : FUNCTION));
            read += UeventText.read(message)
                    .fold(
                            event -> {
                                assertThat(read(written(event))).isEqualTo(new UeventText.Read(event));
                                return 1;
                            },
                            (fault, detail) -> {
                                faults.merge(fault, 1, Integer::sum);
                                return 0;
                            });
        }
        assertThat(read).isGreaterThan(ROUNDS / 20);
        assertThat(faults).containsOnlyKeys(Fault.values());
    }

    private static String written(Uevent event) {
        String action = event.action().name().toLowerCase(Locale.ROOT);
        StringBuilder text = new StringBuilder(action + "@" + event.device() + "\0ACTION=" + action + "\0DEVPATH="
                + event.device() + "\0SUBSYSTEM=" + event.subsystem() + "\0");
        event.properties().forEach((name, value) -> text.append(name + "=" + value + "\0"));
        return text + "SEQNUM=" + Long.toUnsignedString(event.sequence()) + "\0";
    }

    private byte[] mutated(byte[] good) {
        byte[] bytes = good;
        switch (random.nextInt(6)) {
            case 0 -> bytes = Arrays.copyOf(good, random.nextInt(good.length + 1));
            case 1 -> bytes = Arrays.copyOf(good, good.length + 1 + random.nextInt(8));
            case 2 -> {
                List<String> lines = new ArrayList<>(List.of(new String(good, StandardCharsets.UTF_8).split("\0", -1)));
                int at = random.nextInt(lines.size() - 1);
                switch (random.nextInt(3)) {
                    case 0 -> lines.remove(at);
                    case 1 -> lines.add(at, lines.get(random.nextInt(lines.size())));
                    default -> lines.replaceAll(line -> line.replaceAll("change|add", "detonate"));
                }
                bytes = bytes(String.join("\0", lines));
            }
            default -> {
                for (int count = random.nextInt(3); count >= 0; count--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
            }
        }
        return bytes;
    }
}
