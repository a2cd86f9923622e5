package org.rackweave.hal.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @ParameterizedTest
    @CsvSource({
        "card-a:5684,card-a,5684",
        "192.0.2.7:1,192.0.2.7,1",
        "[::1]:65535,::1,65535",
        "[fe80::1%eth0]:5684,fe80::1%eth0,5684",
    })
    void a_place_is_read_and_written_as_people_write_it(String text, String host, int port) {
        assertThat(HostPort.parse(text)).contains(new HostPort(host, port));
        assertThat(new HostPort(host, port)).hasToString(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", ":1", "card-a", "card-a:", "card-a:0", "card-a:65536", "card-a:99999", "card-a:123456", "card a:1",
                "::1:5684", "[::1]", "[::1]5684", "[]:1", "[::1:5684", "::1]:5684", "card-a:-1", "card-a:+1",
                        "card-a:1 ",
                "[card-a]:1", "/dev/x:1", "[fe80::1%]:1"
            })
    void what_is_no_place_is_not_read(String text) {
        assertThat(HostPort.parse(text)).isEmpty();
    }

    @Test
    void a_port_that_may_be_left_out_is_the_usual_one() {
        assertThat(HostPort.parse("card-a", 7)).contains(new HostPort("card-a", 7));
        assertThat(HostPort.parse("[::1]", 7)).contains(new HostPort("::1", 7));
        assertThat(HostPort.parse("card-a:9", 7)).contains(new HostPort("card-a", 9));
        assertThat(HostPort.parse("card-a:", 7)).isEmpty();
    }
}
