// A key pair for tests only; it opens nothing.
#pragma once

#include <string_view>

namespace sekisho::test {

inline constexpr std::string_view kRsaPrivateKey =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQCfwYGZ+rhY5Tsh\n"
    "wSBV7UzdLqD7uiY2g88jutAjDH35wmyNYA8z0mtJgSutk5w6FIOhUrCdvq0g89JS\n"
    "RBZFCneAfQjhLNFS+vcYjIP5hQR7ec1AusA2lTsfc2K72uTJC9TR/Or5YSy9p1hh\n"
    "TBTESr64YZ2c8j4VKVicZ7z0FkaRc7ZslFdagrobW7qauL1GjkTLlTP+qdOA7sC5\n"
    "XZxbBoGWGBZGVH6tvRtyZ+LV1RsVFUdYG2pPk2uSfH6SSekwgYh4hdEEHh4WrDel\n"
    "tJ30IhSsC+SyxhqaS8gWAywVtaaV3mx5z+nJUXFcyMehFkm9WwhU/8TuKW8qeNbz\n"
    "jX4RvnKtAgMBAAECggEAF4HmW62IbdBBTLy50NsLueowFwpzsAbiNow5L0cZzGQf\n"
    "DAiMBCCc1+KRdkenr+Yv3k+oHHYfzJ8EHkXVjxA0uGvtoBCztoWmUW7vxoobuD2a\n"
    "hcFVIlMAMacNar4Rd0Ht7X5NZye06S1UNHD5B09GVCRNCHieyQdd+hnLtJEIjkNg\n"
    "aV9ZYFMgYZzG1dUQV9I7WENzOSFqCy5SjLrL2nMhavVSUrNYA52p1St9LLMQwbBm\n"
    "XygiFCJwzmZAyLfOKCoOUACkVEvAqnm3KBoREtUtaEhmh70xnDKkR+5nO0UfEzjp\n"
    "TO9rnBWFcUzC1Dz6GT06eFjXiN+wg+rvrfsXmPCYEwKBgQDbN5EVQ1lQYrvNKFqt\n"
    "MFZVmYWQV/J8llUOPPvpSux0Aw7arx+vFH1/BxG4Dvz+A2AFfhcirzaGbL2LQmJF\n"
    "Q5qMhT7ZcBFp13ECxJ0N0cP/IJlF9FQ9ZmmYx1q2K0F3Uax47+udE/no8MTv27G1\n"
    "ThIQL54yTH2Xx4g2clq0QcksywKBgQC6j8tfFnizl+pWokXmpqRfNUdVe7h9WmCh\n"
    "MIQkJNkjKt//sCsyCJ59N+vF+aJihWE1tIUTmgfywbeyyruJbtPwEboknaumy5Jl\n"
    "BqY0kLAGxdCm/wNNasZWlKfs5GDt6dF+lFGTnRac7wrjMwV0iJM2x7sCuy0m1kI6\n"
    "Wz49sx+nZwKBgH97cQPMhsQYpt5H+XN+CLb+8I1gl8OcKRp+nICu8ZMFtD24WdSX\n"
    "NeQJWGSRUs7lZ5HKIeopuqux0QiLMlrVVasiUcphQb8raq0RacP/mNtlOb1UuSh7\n"
    "xizywe3uecPJ22L5IyvV0h+E5QIX4OBu5lJDXtwhX2hEwRHorpblKvjBAoGACKvC\n"
    "QgsjVQWMiLZGFXBNV3d8d0amznyy3QsKOTvVM8M8Yf/oIg0wgJVmye7OU1HrsLlR\n"
    "LhYMpIXIafDuQnb6NsA8LJN/dOMlTLjAZNUMuWPcTMaxepmp2kBShbofny8s43s1\n"
    "R20XrfeWQ/UNHdtzLCqgUIIumQ2ASoIPJIL8x6UCgYEAuc9PCwH4lGTV0PW8kU7K\n"
    "Fe86O1Ew4l54/7v4EsP6vWtmuu0Y++3ash3jgCvIeNfJ3pIuFV9D7O/huCa5cbw1\n"
    "TzHSpa4exfYaA2ACTl8V/4EVTdrXwfkDE5wkb1ae1RYcuCwWOPF0tYt5HKccVEQb\n"
    "Dzs9aF9831bMWKNSs2r2rHE=\n"
    "-----END PRIVATE KEY-----\n";

inline constexpr std::string_view kRsaPublicKey =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAn8GBmfq4WOU7IcEgVe1M\n"
    "3S6g+7omNoPPI7rQIwx9+cJsjWAPM9JrSYErrZOcOhSDoVKwnb6tIPPSUkQWRQp3\n"
    "gH0I4SzRUvr3GIyD+YUEe3nNQLrANpU7H3Niu9rkyQvU0fzq+WEsvadYYUwUxEq+\n"
    "uGGdnPI+FSlYnGe89BZGkXO2bJRXWoK6G1u6mri9Ro5Ey5Uz/qnTgO7AuV2cWwaB\n"
    "lhgWRlR+rb0bcmfi1dUbFRVHWBtqT5Nrknx+kknpMIGIeIXRBB4eFqw3pbSd9CIU\n"
    "rAvkssYamkvIFgMsFbWmld5sec/pyVFxXMjHoRZJvVsIVP/E7ilvKnjW841+Eb5y\n"
    "rQIDAQAB\n"
    "-----END PUBLIC KEY-----\n";

}  // namespace sekisho::test
