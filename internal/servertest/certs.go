package servertest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Certs are PEM files for tests with TLS.
type Certs struct {
	CA      string // vouches for all pairs below
	OtherCA string // vouches for none

	Server    Pair // for 127.0.0.1 and localhost
	Expired   Pair // like Server, until an hour ago
	OtherHost Pair // for another host
	Client    Pair
}

// A Pair is a certificate and its key.
type Pair struct{ Cert, Key string }

// NewCerts makes certificates that are removed with the test.
func NewCerts(t testing.TB) Certs {
	t.Helper()
	f := forge{t: t, dir: t.TempDir()}
	ca, other := f.authority("ca"), f.authority("other-ca")
	here := x509.Certificate{DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.ParseIP(loopback)}}
	expired := here
	expired.NotAfter = time.Now().Add(-time.Hour)
	return Certs{
		CA:        ca.file.Cert,
		OtherCA:   other.file.Cert,
		Server:    f.sign("server", here, ca).file,
		Expired:   f.sign("expired", expired, ca).file,
		OtherHost: f.sign("other-host", x509.Certificate{DNSNames: []string{"elsewhere.test"}}, ca).file,
		Client:    f.sign("client", x509.Certificate{}, ca).file,
	}
}

// A forge makes certificates in a folder.
type forge struct {
	t   testing.TB
	dir string
}

type identity struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file Pair
}

func (f forge) authority(name string) identity {
	return f.sign(name, x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}, identity{})
}

// sign makes a certificate from a template; one without an issuer signs itself.
func (f forge) sign(name string, cert x509.Certificate, by identity) identity {
	f.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	f.check(err)
	cert.SerialNumber = big.NewInt(time.Now().UnixNano())
	cert.Subject = pkix.Name{CommonName: name}
	cert.NotBefore = time.Now().Add(-24 * time.Hour)
	if cert.NotAfter.IsZero() {
		cert.NotAfter = time.Now().Add(24 * time.Hour)
	}
	if !cert.IsCA {
		cert.KeyUsage = x509.KeyUsageDigitalSignature
		cert.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	}
	if by.cert == nil {
		by = identity{cert: &cert, key: key}
	}
	der, err := x509.CreateCertificate(rand.Reader, &cert, by.cert, &key.PublicKey, by.key)
	f.check(err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	f.check(err)
	return identity{&cert, key, Pair{f.write(name+".crt", "CERTIFICATE", der), f.write(name+".key", "PRIVATE KEY", private)}}
}

func (f forge) write(name, kind string, der []byte) (path string) {
	f.t.Helper()
	path = filepath.Join(f.dir, name)
	f.check(os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
	return path
}

func (f forge) check(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}
